"""Models: which there are, the scenarios first."""

from collections.abc import Sequence

from mockgw.delivery.actions import Action
from mockgw.endpoints import invented
from mockgw.endpoints.answers import as_json
from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.errors import ApiError
from mockgw.protocol.paging import page
from mockgw.protocol.requests import Incoming


def listed(pipeline: Pipeline, incoming: Incoming) -> Opened:
    """`GET /v1/models`."""

    def answer(opened: Opened) -> Sequence[Action]:
        pipeline.admit(opened, None)
        infos = opened.session.library(pipeline.library).model_infos()
        if wanted := incoming.query.get("lifecycle[]"):
            infos = [info for info in infos if info["lifecycle"] in wanted.split(",")]
        found = page(infos, incoming.query, of="model", invents=opened.invents)
        return as_json(opened, f"{len(found['data'])} models", found)

    return pipeline.answered(incoming, answer)


def shown(pipeline: Pipeline, incoming: Incoming, id: str) -> Opened:
    """`GET /v1/models/{id}`."""

    def answer(opened: Opened) -> Sequence[Action]:
        pipeline.admit(opened, None)
        opened.exchange.model = id
        try:
            info = opened.session.library(pipeline.library).model_info(id)
        except ApiError:
            if not opened.invents:
                raise
            info = invented.model(id)
        return as_json(opened, "model", info)

    return pipeline.answered(incoming, answer)
