"""The agent under test: a shop with two hundred facts in its documents, and the questions that ask for them.

The cost of a call depends on what the agent knows, so every measurement uses the same documents; and because
every fact is a different number, a reply can be checked without understanding it.
"""

import json
import re
import string
from dataclasses import dataclass
from pathlib import Path

from data.knowledge.chunking import chunk_text

AGENT_NAME = "Alder Home Goods"
FIRST_MESSAGE = "Hello, Alder Home Goods. What would you like to know?"
GOODBYE = "No, that is all. Thank you, goodbye."

_PRODUCTS = (
    "kettle",
    "desk lamp",
    "mattress",
    "bicycle",
    "cordless drill",
    "camping tent",
    "camera",
    "printer",
    "vacuum cleaner",
    "microwave",
    "guitar",
    "backpack",
    "treadmill",
    "keyboard",
    "sofa",
    "bookcase",
    "coffee machine",
    "washing machine",
    "air conditioner",
    "lawn mower",
)

_SYSTEM_PROMPT = """\
You are Robin, who answers the telephone of Alder Home Goods, a shop for household goods.

- Answer in one or two short sentences of plain spoken English, without lists or markdown.
- Answer only from the shop's documents that stand beside the question; if they do not hold the answer, say so.
- When the caller says goodbye or has nothing more to ask, say a short goodbye and use the end_call tool.\
"""


@dataclass(frozen=True, slots=True)
class _Topic:
    """One kind of fact: `{product}` and `{number}` are filled in; numbers differ from product to product."""

    heading: str
    facts: str
    question: str
    answer: str
    first: int
    step: int

    def number(self, index: int) -> int:
        return self.first + index * self.step

    @property
    def fact(self) -> str:
        """The sentence that answers."""
        return self.facts.partition(". ")[0] + "."


_TOPICS = (
    _Topic(
        "Price of the {product}",
        "The {product} costs {number} dollars in the shop, and that includes packaging and sales tax. "
        "Payment by card or in cash is welcome.",
        "How much does the {product} cost?",
        "{number} dollars",
        41,
        7,
    ),
    _Topic(
        "Warranty on the {product}",
        "The warranty on the {product} lasts {number} months and begins on the day that it is delivered. "
        "Keep the receipt for it.",
        "How long is the warranty on the {product}?",
        "{number} months",
        13,
        3,
    ),
    _Topic(
        "Delivery of the {product}",
        "Delivery of the {product} takes {number} days once the order has been paid for in full. "
        "The driver telephones before arriving.",
        "How long does delivery of the {product} take?",
        "{number} days",
        2,
        1,
    ),
    _Topic(
        "Weight of the {product}",
        "The {product} weighs {number} pounds when it is packed in its original carton. "
        "Two people should lift anything heavy.",
        "How much does the {product} weigh?",
        "{number} pounds",
        5,
        4,
    ),
    _Topic(
        "Returning the {product}",
        "Anyone may return the {product} within {number} weeks, as long as it is complete and undamaged. "
        "The refund goes back to the same account.",
        "How many weeks do I have to return the {product}?",
        "{number} weeks",
        3,
        1,
    ),
    _Topic(
        "Assembly of the {product}",
        "Assembly of the {product} takes {number} minutes and needs nothing more than the enclosed tools. "
        "Pictures show every step.",
        "How many minutes does assembly of the {product} take?",
        "{number} minutes",
        11,
        6,
    ),
    _Topic(
        "Spare parts for the {product}",
        "Spare parts for the {product} remain available for {number} years after the last one was made. "
        "They are ordered by their catalogue number.",
        "How many years are spare parts for the {product} available?",
        "{number} years",
        6,
        1,
    ),
    _Topic(
        "Student discount on the {product}",
        "Students receive a discount of {number} percent on the {product} when they show a valid card. "
        "It can be used once a year.",
        "What discount do students get on the {product}?",
        "{number} percent",
        4,
        1,
    ),
    _Topic(
        "Theft insurance for the {product}",
        "Theft insurance for the {product} costs {number} cents a month and may be cancelled at any time. "
        "A police report is required for a claim.",
        "What does theft insurance for the {product} cost?",
        "{number} cents",
        55,
        9,
    ),
    _Topic(
        "Cleaning the {product}",
        "Clean the {product} after every {number} hours of use with a soft cloth and warm water. "
        "Never use bleach or sand.",
        "After how many hours should I clean the {product}?",
        "{number} hours",
        21,
        5,
    ),
)

FACT_COUNT = len(_PRODUCTS) * len(_TOPICS)
_PRODUCTS_BETWEEN_ROWS = 7
_OPENINGS = ("", "And ", "So ", "Now ")


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask.

    Attributes:
        text: The caller's words.
        answer: What a right reply says somewhere; None where any reply will do.
        reply: What the documents say to it; a model that is given none is made to say so (see `bench stock`).
    """

    text: str
    answer: str | None = None
    reply: str = ""

    def is_answered_by(self, reply: str) -> bool:
        """Whether a reply holds the answer, by its number and unit."""
        return self.answer is None or re.search(rf"\b{re.escape(self.answer)}\b", reply, re.IGNORECASE) is not None


def fact_question(index: int) -> Question:
    """One question for one fact; beyond `FACT_COUNT` the facts begin anew in other words, four times in all.

    Neighbouring indices ask about different products and topics. No two of the first 800 questions are the same,
    so that the server's memory of questions is of no more use than in real life.
    """
    opening = _OPENINGS[index // FACT_COUNT % len(_OPENINGS)]
    index %= FACT_COUNT
    product = index % len(_PRODUCTS)
    topic = _TOPICS[(index // len(_PRODUCTS) + product) % len(_TOPICS)]
    names = {"product": _PRODUCTS[product], "number": str(topic.number(product))}
    text = topic.question.format(**names)
    return Question(
        opening + text[0].lower() + text[1:] if opening else text,
        topic.answer.format(**names),
        topic.fact.format(**names),
    )


def similar_question(number: int, row: int) -> Question:
    """One question for one fact: the same kinds of facts in every row, of other products.

    So rows can be compared, although none asks what another did. Of the first ten rows, with up to twenty
    questions each, no two questions are the same; row 0 begins with the first fact.
    """
    product = (number + _PRODUCTS_BETWEEN_ROWS * row) % len(_PRODUCTS)
    # The kinds of facts follow one another from product to product, and from one round of products to the next.
    round_of_products = -_PRODUCTS_BETWEEN_ROWS * row % len(_TOPICS)
    return fact_question(round_of_products * len(_PRODUCTS) + product)


def product_name(index: int) -> str:
    """What the shop sells: one of twenty things."""
    return _PRODUCTS[index % len(_PRODUCTS)]


def long_question(index: int) -> Question:
    """A question whose reply is long enough to be interrupted."""
    product = index % len(_PRODUCTS)
    names = _PRODUCTS[product]
    facts = (topic.fact.format(product=names, number=topic.number(product)) for topic in _TOPICS)
    return Question(f"Please tell me everything about the {names}.", reply=" ".join(facts))


def documents(facts: int = FACT_COUNT) -> dict[str, str]:
    """File name to Markdown: one document a product, one section (and one chunk) a fact.

    Args:
        facts: At least so many. What is beyond `FACT_COUNT` is of spare parts, about which nobody asks.
    """
    more = range(-(-(facts - FACT_COUNT) // len(_TOPICS)))
    products = (*_PRODUCTS, *(f"spare part {string.ascii_uppercase[part % 26]}{part}" for part in more))
    texts = {}
    for index, product in enumerate(products):
        sections = [f"# The {product}"]
        for topic in _TOPICS:
            names = {"product": product, "number": str(topic.number(index))}
            sections.append(f"## {topic.heading.format(**names)}\n\n{topic.facts.format(**names)}")
        texts[f"{product.replace(' ', '_')}.md"] = "\n\n".join(sections) + "\n"
    return texts


def chunk_count(facts: int = FACT_COUNT) -> int:
    """How many chunks the product makes of the documents."""
    return sum(len(chunk_text(name, text)) for name, text in documents(facts).items())


def write_organization(folder: Path, facts: int = FACT_COUNT) -> None:
    """Write the agent and its documents as an organization folder for `DATA_FILE`; blocking."""
    knowledge = folder / "knowledge"
    knowledge.mkdir(parents=True)
    config = {
        "name": AGENT_NAME,
        "system_prompt": _SYSTEM_PROMPT,
        "first_message": FIRST_MESSAGE,
        "settings": {"built_in_tools": {"end_call": {}}, "tags": ["bench"]},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    for name, text in documents(facts).items():
        (knowledge / name).write_text(text, encoding="utf-8")
