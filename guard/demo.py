"""Eight short scenes from several industries; the words are ours."""

from guard.case import Action, Authority, Case, ToolCall, Turn

_SHOP = Authority(
    (
        Action(
            "replacement",
            "send a replacement for a damaged item",
            tool="send_replacement",
            needs=("order number",),
            deadline="within 2 business days",
            for_words=("broken", "damaged", "cracked", "replace"),
        ),
        Action(
            "refund",
            "refund up to $60 to the original payment method",
            tool="issue_refund",
            max_amount=60,
            currency="USD",
            needs=("order number",),
            for_words=("refund", "money back"),
        ),
    )
)
_TELECOM = Authority(
    (
        Action(
            "credit",
            "credit the days without service to the next bill",
            tool="credit_bill",
            for_words=("outage", "internet", "down", "bill"),
        ),
    )
)


def _case(  # noqa: PLR0913 - a scene on one line reads best
    id: str,
    asked: str,
    draft: str,
    *,
    evidence: tuple[ToolCall, ...] | None = None,
    authority: Authority | None = None,
    before: str = "",
) -> Case:
    earlier: tuple[Turn, ...] = ()
    if before:
        question, answer = before.split("|")
        earlier = (Turn("customer", question), Turn("assistant", answer))
    return Case(id, (*earlier, Turn("customer", asked)), draft, evidence, authority)


SCENES: tuple[tuple[str, Case], ...] = (
    (
        "Online shop: sympathy, and nothing else",
        _case(
            "demo-shop",
            "The lamp from order #48213 came broken in two pieces. I want it replaced.",
            "I completely understand how frustrating a broken lamp must be, and I sincerely apologize. Rest assured that we take this very seriously.",
            authority=_SHOP,
        ),
    ),
    (
        "Telecom: “we are looking into it”",
        _case(
            "demo-telecom",
            "My internet has been down since Monday and you still want the full bill paid?",
            "We're sorry for the inconvenience. Our team is working hard to resolve this as soon as possible.",
            authority=_TELECOM,
        ),
    ),
    (
        "Airline: a refund that nobody made",
        _case(
            "demo-airline",
            "Please refund the $120 seat fee for booking KX41PQ.",
            "I'm so sorry about that! I've refunded $120 to your card.",
            evidence=(
                ToolCall("get_booking", '{"id": "KX41PQ"}', '{"id": "KX41PQ", "seat_fee": 120}', True),
            ),
        ),
    ),
    (
        "Insurance: a death in the family",
        _case(
            "demo-insurance",
            "My husband passed away last week and I need to cancel his car policy. I don't know where to start.",
            "I'm sorry to hear that! I can cancel the policy today. Shall I go ahead?",
        ),
    ),
    (
        "Bank: somebody else’s payment",
        _case(
            "demo-bank",
            "There is a charge of $900 on my card that I did not make. Someone used my card!",
            "I understand your concern. Please visit our help center for more information about charges.",
        ),
    ),
    (
        "Software: a question, answered",
        _case(
            "demo-software",
            "How do I export my invoices as CSV?",
            "Open Billing, choose Invoices, then click Export and pick CSV. The file arrives in your downloads.",
        ),
    ),
    (
        "Hotel: a promise above the limit",
        _case(
            "demo-hotel",
            "The room had no hot water for two nights. I'd like some money back.",
            "I'm really sorry about the cold showers. I will refund you $400 today.",
            authority=Authority(
                (
                    Action(
                        "goodwill",
                        "refund up to $80 of a stay with a fault in the room",
                        max_amount=80,
                        currency="USD",
                        for_words=("room", "water", "money back"),
                    ),
                )
            ),
        ),
    ),
    (
        "Delivery: thanks, and a kind word back",
        _case(
            "demo-delivery",
            "Thank you so much, it has arrived!",
            "You're very welcome! Enjoy the rest of your day.",
            before="Where is my parcel?|It is with the driver and arrives before 6 pm today.",
        ),
    ),
)
"""Title and case of each scene."""
