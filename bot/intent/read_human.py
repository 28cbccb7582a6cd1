"""Does the caller want to be connected with a person or department now?"""

import re

from bot.intent.agent_move import AgentMove
from bot.intent.phrases import Kind
from bot.intent.turn import POLITE, Turn

_PERSON = (
    r"(?:person|people|human|humans|human being|agents?|representatives?|operators?|managers?|supervisors?|someone|somebody|any ?one|any ?body|"
    r"receptionist|reception|colleagues?|co ?workers?|boss|advisors?|advisers?|specialists?|staff|technicians?|expert|consultant|owner|"
    r"support|sales|billing|accounts|accounting|complaints|claims|returns|refunds|retention|cancellations|collections|finance|hr|human resources|"
    r"customer (?:service|care|support|services)|tech(?:nical)? support|help ?desk|front desk|departments?|team|office|pharmacy|dispatch|"
    r"associate|attendant|clerk|secretary|assistant|counsellor|counselor|lawyer|pharmacist|doctor|nurse|dentist|hygienist|vet|surgeon|"
    r"engineer|mechanic|accountant|broker|underwriter|guy|lady|woman|girl|gentleman|man|individual|body|one of (?:your|the) \w+|"
    r"whoever|who ?ever|employee|worker|member|him|her|them|mister|mr|mrs|ms|miss|doctor \w+|dr \w+|live|real|actual)"
)
_ROLE = (
    r"(?:person|human(?: being)?|agent|representative|operator|manager|supervisor|receptionist|advis[oe]r|boss|someone|somebody|"
    r"customer (?:service|care|support|services)(?: representative| agent)?|tech(?:nical)? support|help ?desk|front desk|reception|specialist|"
    r"live (?:agent|person|representative|operator|human|support)|real (?:person|human|agent|one|human being|people|operator|representative)|"
    r"(?:\w+ )?(?:department|representative|agent|manager|supervisor)|billing|sales|accounts|claims|returns|complaints|support|a human voice)"
)
_CONTACT = r"(?:speak|talk|chat|converse|get through|deal|discuss (?:this|it|that)|have a (?:word|chat|quick word)|be (?:connected|transferred|put through))"
_WISH = re.compile(
    r"(?:(?:i|we) (?:just |really |only |still |now |do |also |actually )*(?:want(?:ed)?|need|like|demand|insist|prefer|wish|would (?:much |really )?(?:rather|like|prefer|love|feel better)|will|have|got|am trying|was hoping|"
    r"request|require|better|should|must|can)\b|\b(?:can|could|may|might|let) (?:i|me|us|we|you)\b|"
    r"\bis (?:it possible|there (?:a|any|some|no)|there)\b|\bhow (?:do|can|could) i\b|\b(?:am|be) able to\b|\bgoing to need to\b|\brather\b|\bprefer\b|\bwould like\b|\bneed\b|\bwant\b|\blet me\b|\bplease\b)"
)
_SPEAK_WITH = re.compile(
    rf"\b{_CONTACT}(?:ing)? (?:(?:directly |only |again |instead )*(?:to|with|two|too) (?:the |a |an |another |my |your |some |one |this |that )?(?:\w+ ){{0,4}}?{_PERSON}|"
    r"(?:a |an )?(?:real |live )?(?:someone|somebody|operator|agent|human|manager|representative|supervisor|person))\b"
)
_SPEAK_TO_NAME = re.compile(
    r"\b(?:can|could|may) i (?:please )?(?:speak|talk|chat) (?:to|with) (?!you\b|about\b|it\b|an? |your |in |my (?!doctor|agent|advis|account|dentist|case))(?:the |my |your )?\w+"
    r"|\b(?:want|need|like|let me|wish|rather) (?:to )?(?:speak|talk) (?:to|with) (?!you\b|an? |your |about\b|it\b|my (?!doctor|agent|advis|account|dentist|case)|robot|machine|computer|bot\b|the (?:robot|machine|computer|bot)|a (?:robot|machine|computer|bot))\w+"
    r"|^(?:please )?(?:speak|talk) (?:to|with) (?!you\b|me\b|us\b|an? |the |your |in |my )\w+"
)
_CONNECT = re.compile(
    r"\b(?:transfer|connect|redirect|forward|patch|route|escalate|reroute|switch)(?:ring|ing|red)? (?:me|us|my call|this call|the call)\b|\b(?:escalate|elevate) (?:this|it|my \w+)\b"
    r"|\b(?:put|pass|hand|switch|send|get|patch) (?:me|us|my call|this call|this) (?:through|over|on to|onto|along|across|on with|back to)\b"
    rf"|\b(?:put|get|find|give|bring|pass|hand|switch|hook|fetch|grab|want|need) (?:me |us |i )?(?:on |in |over to |to |up with |with )?(?:the |a |an |your |another |some |one of )?(?:(?!call\b|my\b|phone\b|email\b|ask\b|tell\b|hear\b)\w+ ){{0,2}}?(?:real |live |actual |damn |other )?"
    r"(?:person|human|human being|agent|representative|operator|manager|supervisor|boss|somebody|someone|receptionist|advis[oe]r|specialist|colleague|department|customer service|tech(?:nical)? support|"
    r"(?:billing|sales|support|claims|accounts) (?:department|team|please|person)|front desk|help ?desk|reception)(?: (?:please|now|on|in|on the (?:phone|line)|real|else|who \w+|that \w+|here|from \w+.*))*$"
    rf"|\bput (?:someone|somebody|him|her|(?:a|an|your|the|another) (?:real |live )?(?:{_PERSON}))(?: (?:else|real))? on(?: the (?:phone|line))?(?: (?:please|now|here|then))*$"
    r"|\bget (?:someone|somebody|one of \w+ \w+|him|her|your \w+|the \w+|a \w+)(?: \w+){0,3} on the (?:phone|line)\b"
)
_THERE_IS = re.compile(
    r"\b(?:is|are) (?:there|they) (?:\w+ ){0,3}?(?:person|people|human|humans|someone|somebody|any ?one|any ?body|manager|supervisor|agent|agents|representative|operator|live agent|lady|gentleman|man|woman|girl|one)"
    r"(?: (?:else|there|real|around|live))*(?: (?:that|who))? ?(?:(?:i|we) (?:can|could|might|may) (?:speak|talk|chat|discuss)|to (?:speak|talk|chat) (?:to|with)|available(?: (?:to (?:speak|talk|help).*|please|now))*$|i could (?:speak|talk)|can (?:help|talk|speak))"
    r"|^(?:(?:hi|hello|yes|please|um|hey|good morning|good afternoon) )*is (?:the )?(?!that\b|this\b|it\b|there\b|anyone\b|somebody\b)(?:(?:\w+ )?\w+ (?:there|available|around|in)(?: please)?(?: (?:to (?:talk|speak|chat)|i would like to (?:talk|speak)|i want to (?:talk|speak)|can i (?:talk|speak)).*)|(?:doctor |dr |mr |mrs |miss |mister )?\w+(?<!ing)(?<!ed)(?<!parking)(?<!food) there(?: please)?)$"
)
_INSTEAD = re.compile(
    r"\b(?:can|could) (?:a|an|some|any) (?:real |actual |live )?(?:person|human|someone|agent|one)(?: real)? (?:please )?(?:help|assist|take over|talk|speak|deal)\b|"
    r"\b(?:some ?one|somebody|a person|person|one|a human) real(?: please| instead)?$|\bwant (?:someone|somebody|a) real\b|"
    r"\b(?:prefer|rather have|want|need|only) (?:a |an |the )?(?:real |actual |live |proper )(?:person|human|agent|human being|one|representative)\b|"
    r"\bhuman (?:please|now|instead)\b|\b(?:need|want|prefer|get|gimme|give me|give us) (?:a |an )?(?!one |two |three |per )(?:\w+ )?(?:human|representative|operator|real person|live person|supervisor|live agent|person)(?: (?:please|now|here|to help(?: me)?|instead|this instant|"
    r"right now|right away|on the line|immediately|already))*$|"
    r"\b(?:need|want|get|get me|give me|find me|put on) (?:someone|somebody|a person|a human|anyone) (?:who|that) (?:can|could|knows|know|understands|will|speaks|actually|really)\b|"
    r"\bis there (?:\w+ ){1,8}?(?:i can|i could|to) (?:talk|speak)\b|"
    r"(?<!\ba )(?<!\ban )(?<!\bthe )(?<!\byour )(?<!\bmy )(?<!tour )(?<!phone )(?<!as )(?<!of )(?<!bus )(?<!sales )(?<!estate )\b(?:operator|representative)(?: (?:please|now))*$"
)
_REAL_AT_THE_END = re.compile(
    r"(?<!by )(?<!was )(?<!like )(?<!from )(?<!as )\b(?:real|actual|live) (?:person|human|human being|agent|representative|operator)(?: (?:please|now|instead))*$"
)
_NO_MACHINE = re.compile(
    r"\b(?:do not|not|never|hate|stop|no|no more|enough|sick of|tired of|refuse to|will not|fed up with|can not stand|instead of|without|rather than|done)\b.{0,30}\b(?:robots?|machines?|computers?|bots?|ai|automated (?:system|voice|thing)|recordings?|automation|chatbot|"
    r"voice assistant)\b"
)
_WANTS_ONE = re.compile(
    r"\b(?:want|need|get|give|let|prefer|rather|talk|talking|speak|speaking|put|transfer|connect|dealing|deal)\b"
)
_BARE = re.compile(
    rf"^(?:(?:a|an|the|your|any|some|to|live|real|human|actual|another) )*{_ROLE}(?: (?:agent|representative|please|now|support|team|department|person|service|only|line|desk|staff|operator|manager))*$"
)
_NOT_NOW = re.compile(
    r"\b(?:spoke|spoken|talked|chatted|was (?:talking|speaking|told|connected|transferred)|were (?:talking|speaking)|been (?:talking|speaking|transferred|connected|put)|am i (?:talking|speaking|chatting)|told me|said|promised|already (?:talked|spoke|transferred)|got (?:transferred|connected)|"
    r"did (?:i|you|they)|have you|yesterday|last (?:week|time|month|year|night)|before i|when (?:can|will|could|do|should)|what (?:time|day|happens|if)|how (?:long|many|much|often|late)|tomorrow|next week|call(?:s|ed)? me back|call(?:ed)? back|callback|ring me back|email me|"
    r"wrong (?:person|number|man|woman|lady|guy)|in future|every time|do i (?:have|need) to|should i|will (?:a|the|someone|somebody|anyone|i)|are you|is this|do you have|why)\b"
)
_NEGATED = re.compile(
    r"\b(?:do not|did not|not|never|no need to|without|rather not|instead of|stop(?! talking and| and))(?: (?:want|need|wish|like|care|have|trying|going|to|you|me|really|be|a|please|just|ever|even|that|us|having|being|would))* (?:to )?(?:speak|talk|chat|transfer|connect|be transferred|put|send|pass|speaking|talking|transferring|"
    r"transferred|human|person|agent|representative|forward|redirect)\b"
)
_ABOUT_NUMBER = re.compile(
    r"\b(?:transfer|switch|forward|route|redirect|connect|get|send) (?:me |my |it |this |us )*(?:to (?:the |a |my |your )?(?:internet|wi ?fi|network|\w+ plan|premium|basic|email|\w+ account|savings|monthly|annual|voicemail|printer|router|tv|bluetooth|server|new \w+|another plan)|the (?:money|number|booking|file)|number)\b"
)
_AGREES = frozenset({Kind.YES, Kind.AGREEMENT, Kind.NO_PROBLEM})
_BESIDE_A_ROLE = frozenset({Kind.COURTESY, Kind.FILLER, Kind.ACKNOWLEDGEMENT, Kind.NO, Kind.YES, Kind.STOP})


def wants_human(turn: Turn) -> bool:
    """True if the turn asks for a person, a department or somebody by name, now."""
    words = turn.words
    if turn.agent.move is AgentMove.OFFER_HUMAN and _accepts(turn):
        return True
    if (
        _NO_MACHINE.search(words)
        and "stop talking" not in words
        and _WANTS_ONE.search(words)
        and not re.search(r"\b(?:am i|are you|is this|do i)\b", words)
    ):
        return True
    if (
        turn.cover.is_only({Kind.DEPARTURE, Kind.FAREWELL} | POLITE)
        or _NOT_NOW.search(words)
        or _ABOUT_NUMBER.search(words)
        or _NEGATED.search(words)
    ):
        return False
    core = " ".join(piece.text for piece in turn.cover.without(_BESIDE_A_ROLE))
    if _is_bare_role(turn, core):
        return True
    speaks = _SPEAK_WITH.search(words)
    if speaks and (_WISH.search(words) or _CONTACT_FIRST.search(core)):
        return True
    if _REAL_AT_THE_END.search(words) and not {"you", "your"} & set(turn.spoken.tokens):
        return True
    return any(pattern.search(words) for pattern in (_SPEAK_TO_NAME, _CONNECT, _THERE_IS, _INSTEAD))


_CONTACT_FIRST = re.compile(rf"^{_CONTACT}\b")


def _is_bare_role(turn: Turn, core: str) -> bool:
    """A role and nothing else ("operator please"); after "Who booked it?" that is only an answer."""
    if not core or not _BARE.match(core):
        return False
    asked_for_content = turn.agent.move in (AgentMove.OPEN_QUESTION, AgentMove.CHECK)
    greeting = {
        "help",
        "assist",
        "calling",
        "department",
        "speak",
        "transfer",
        "reach",
        "connect",
    } & turn.agent.words
    return not asked_for_content or bool(greeting)


def _accepts(turn: Turn) -> bool:
    cover = turn.cover
    agrees = cover.has(*_AGREES) or cover.is_only({Kind.ACKNOWLEDGEMENT, Kind.COURTESY, Kind.PRAISE})
    if cover.is_only({Kind.COURTESY}):
        agrees = "please" in turn.words
    declines = cover.has(Kind.NO, Kind.REFUSAL, Kind.SATISFIED, Kind.NOTHING_MORE, Kind.STOP, Kind.REPEAT)
    if not agrees or declines or turn.asks_something:
        return False
    return cover.is_only(_AGREES | POLITE) or set(cover.rest) <= turn.agent.words | {
        "me",
        "through",
        "do",
        "that",
        "to",
    }
