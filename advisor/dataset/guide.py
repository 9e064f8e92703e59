"""A short guide to data, for the places where the wizard asks about it."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.dataset.findings import Quality


@dataclass(frozen=True, slots=True)
class GuideEntry:
    """One quality in plain words."""

    quality: Quality
    question: str
    """What to ask oneself."""
    how: str
    """How the check looks at it, and what it cannot see."""


GUIDE = (
    GuideEntry(
        Quality.RELEVANCE,
        "Is every example about the job the model will do?",
        "Rows that share hardly a word with the others are shown; a reader tells whether they belong.",
    ),
    GuideEntry(
        Quality.ALIGNMENT,
        "Is every answer the answer you want to get?",
        "Refusals, left-over phrases of other models, echoes and answers outside the wished form or labels "
        "are shown; whether an answer is right needs a person or a judge model.",
    ),
    GuideEntry(
        Quality.CONSISTENCY,
        "Would two of your people have answered alike?",
        "Equal prompts with different answers, mixed forms and labels in several spellings are shown.",
    ),
    GuideEntry(
        Quality.FORMATTING,
        "Can the trainer read every row?",
        "Each row is held against the file rules of the provider you name; token counts are estimates unless "
        "a tokenizer is given.",
    ),
    GuideEntry(
        Quality.UNIQUENESS,
        "Does every example teach something new, and is the evaluation set unseen?",
        "Copies, near copies (70 % of the three-word runs shared) and training rows that contain evaluation "
        "text (13 words in a row) are shown.",
    ),
    GuideEntry(
        Quality.COMPLIANCE,
        "May you train on it, and may the model repeat it?",
        "Credentials, personal data with valid check digits and non-commercial licences are shown; addresses "
        "at names reserved for examples, such as example.org, are nobody's. Consent and copyright are not "
        "visible in a file.",
    ),
    GuideEntry(
        Quality.COVERAGE,
        "Do the examples spread like the real requests?",
        "Task types, topics, forms, lengths, languages and typing styles are counted: compare with logs.",
    ),
    GuideEntry(
        Quality.QUANTITY,
        "Are there enough for the technique?",
        "Start with 50 to 100 good ones and an evaluation; add more only if they helped.",
    ),
)
"""One entry per quality, in the order they are shown."""
