"""Terms: a gateway's section as requests are held to it."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from pydantic import ValidationError

from mockgw.errors import ScenarioError
from mockgw.scenario import document, slips
from mockgw.scenario.gateway.keys import Key
from mockgw.scenario.gateway.limits import ClassLimits, Limits, ModelClass
from mockgw.scenario.gateway.models import ModelForm
from mockgw.scenario.gateway.section import Gateway

ANY = "*"
NO_LIMITS = Limits.model_construct()
NO_MODEL = ModelForm.model_construct()


@dataclass(frozen=True)
class Terms:
    """A section. What was counted under the same `name` goes on, whichever scenario has it."""

    section: Gateway
    name: str

    @cached_property
    def checks(self) -> bool:
        """Whether any request can be refused, or is paid for."""
        section = self.section
        strict = section.model_naming == "strict" or section.bearer_only
        counted = section.keys, section.limits, section.subscription, section.credits
        return strict or any((*counted, section.moderation, section.timeout, section.models, section.providers))

    def key(self, key: str) -> Key | None:
        """What is said of a key; None if there is no such key."""
        keys = self.section.keys
        return Key.model_construct() if keys is None else keys.get(key) or keys.get(ANY)

    def limits(self, key: Key, models: ModelClass) -> ClassLimits:
        """The limits of a key for a class of models."""
        limits = key.limits or self.section.limits or NO_LIMITS
        own = limits.models.get(models)
        if own is None:
            return limits
        return limits.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})

    def model(self, name: str, id: str) -> ModelForm:
        """What is said of a model, by the name that a request has for it or by its id."""
        models = self.section.models
        return models.get(name) or models.get(id) or models.get(ANY) or NO_MODEL


def terms(section: Gateway, written: object) -> Terms:
    """The terms of a section; the same text is the same terms."""
    return Terms(section, blake2b(repr(written).encode(), digest_size=6).hexdigest())


def of_file(path: Path) -> Terms:
    """The terms in a file of its own, which has a section's keys. ScenarioError for what is wrong with it."""
    source = document.read(path)
    try:
        return terms(Gateway.model_validate(source.value), source.value)
    except ValidationError as error:
        raise ScenarioError.of(list(slips.problems(error, source))) from None
