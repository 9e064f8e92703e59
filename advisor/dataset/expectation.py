"""What the user expects of the data set: whom it is for, and what its answers should look like."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.dataset.chat_rules import RULES, ChatRules
from advisor.dataset.forms import Form
from advisor.errors import NotFound
from advisor.interval import Interval


@dataclass(frozen=True, slots=True)
class Expectation:
    """Everything is optional: what is not said is judged from the set itself."""

    provider: str = "own"
    """Key in `RULES`: whose file rules hold."""
    form: Form | None = None
    """Form every answer should have."""
    labels: tuple[str, ...] = ()
    """Allowed answers, for classification."""
    language: str | None = None
    """Language of the prompts, as `language.guess` names it."""
    max_tokens_per_row: int | None = None
    """Longest row the trainer takes; the provider's own limit holds as well."""
    needed_rows: Interval | None = None
    """Rows the chosen technique needs."""

    @property
    def rules(self) -> ChatRules:
        """The provider's rules.

        Raises:
            NotFound: There is no such provider.
        """
        found = RULES.get(self.provider)
        if found is None:
            raise NotFound(
                f"There are no file rules for {self.provider}.", f"Choose one of {', '.join(RULES)}."
            )
        return found

    @property
    def token_limit(self) -> int | None:
        """The smaller of the two limits."""
        limits = [limit for limit in (self.max_tokens_per_row, self.rules.max_tokens_per_row) if limit]
        return min(limits, default=None)
