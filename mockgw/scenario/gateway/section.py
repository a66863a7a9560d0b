"""Section: the `gateway:` of a scenario as written."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from mockgw.later import Elsewhere, Later
from mockgw.notation import Boolean, Text, Written
from mockgw.scenario.gateway.batches import BatchesForm
from mockgw.scenario.gateway.credits import Credits
from mockgw.scenario.gateway.files import FileForm
from mockgw.scenario.gateway.keys import Key, read_key
from mockgw.scenario.gateway.limits import Limits, Subscription
from mockgw.scenario.gateway.models import ModelForm
from mockgw.scenario.gateway.moderation import Moderation
from mockgw.scenario.gateway.slugs import Slug
from mockgw.scenario.gateway.timeouts import Timeouts, read_timeouts
from mockgw.settings import Level

ProviderForm = Annotated[Any, Elsewhere("mockgw.scenario.gateway.providers", "Provider")]


class Gateway(Written):
    """The gateway that is mocked."""

    dialect: Literal["siraya", "anthropic"] | None = None
    """Which gateway's ways of errors and headers; the flag's when absent."""
    validation: Level | None = Field(default=None, alias="validate")
    """How strictly requests are checked; the flag's when absent."""
    thinking: Literal["as_written", "as_asked"] = "as_written"
    """Whether all thinking of a scenario is sent, or what the request has its model think and show."""
    keys: dict[str, Annotated[Later[Key], BeforeValidator(read_key)]] | None = Field(default=None, min_length=1)
    """The keys that there are, `*` for any other; every key is good when absent."""
    bearer_only: Boolean = False
    """Whether a key counts only in `Authorization: Bearer`, as the gateway's page has it."""
    limits: Later[Limits] | None = None
    """Rate limits of each key (429)."""
    subscription: Later[Subscription] | None = None
    """The limits of a subscription (429), as Claude Code reads them."""
    credits: Later[Credits] | None = None
    """What each key may spend (402)."""
    moderation: Later[Moderation] | None = None
    """What flags the input (403)."""
    timeout: Annotated[Later[Timeouts], BeforeValidator(read_timeouts)] | None = None
    """How long an answer may take (408, or an error in the stream)."""
    providers: dict[Slug, ProviderForm] = Field(default_factory=dict)
    """Who serves the models, and in which state each is (408, 429, 502, 503, or an error in the stream)."""
    unroutable: Literal[503, 404] = 503
    """The status when no provider meets what a request asks of them; 503 when absent."""
    models: dict[str, Later[ModelForm]] = Field(default_factory=dict)
    """What is known of models, `*` for any other."""
    model_naming: Literal["lenient", "strict"] = "lenient"
    """Whether a model that is not in the list of models is answered, or refused (404)."""
    fallbacks: dict[str, list[Text]] = Field(default_factory=dict)
    """For a model those that answer when it is refused (403, 404, 429, a prompt too long) or none of its providers
    serves, in this order."""
    caching: Boolean = True
    """Whether `cache_control` has an effect on usage."""
    batches: Later[BatchesForm] | None = None
    """How message batches are worked on, in the dialect `anthropic`."""
    files: dict[str, Later[FileForm]] = Field(default_factory=dict)
    """Files that the model has made, by id."""
    downloadable_uploads: Boolean = False
    """Whether files that clients have uploaded can be downloaded too, which the API refuses (400)."""
    unknown_ids: Literal["refuse", "invent"] = "refuse"
    """Whether a batch, a file or a model that there is not is refused (404), or invented."""
