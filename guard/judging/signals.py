"""Signals of the guide in the customer's words, by meaning as far as forms carry it: who, what, and not in passing.

Each form is written from the definitions in the guide. A match that a trap explains ("my phone died") does
not count. For self-harm, danger and fraud a false alarm is preferred.
"""

import re
from dataclasses import dataclass

from guard.assessment import SeenSignal, Signal, Span
from guard.text import AMOUNT, at_word, fold, number

_FORMS: dict[Signal, str] = {
    "asks_for_human": r"(?:speak|talk|chat)(?:ing)? (?:to|with) (?:(?:a|an|the|your|some|any)?(?:one|body)? ?)?(?:(?:from|at|in) )?(?:the |your )?(?:customer (?:service|support|care|assistance)|support team|call cent(?:er|re))|(?:human|live) (?:help|assistance|support|chat)\b|(?:speak|talk|chat|connect|contact|reach|call|(?:get )?in touch|put me through|get hold of)\w*\b[^.?!]{0,30}\b(?:human|real person|person|live agent|agent|representative|supervisor|manager|operator|someone|somebody)\b(?! (?:the|to) (?:deliver|pick)\w*)(?<!delivery person)(?<!delivery agent)(?<!travel agent)(?<!estate agent)|(?<!real estate )(?<!user )(?<!travel )\b(?:(?:speak|talk|chat|connect|transfer|put|get|escalate|pass|hand)\w*\b[^.?!]{0,30}\b(?:to|with|me|through)\b[^.?!]{0,15}\b(?:human|real person|person|agent|representative|supervisor|manager|someone (?:real|else|higher|senior|in charge)|superior|operator|boss|rep)\b|"
    r"(?:want|need|give me|get me|let me have|i'd like|demand|where is|i'll take|connect me)\b[^.?!]{0,20}\b(?:a|an|your|the|some|another) (?:\w+ )?(?:human|real person|live agent|agent|representative|supervisor|manager|superior|operator)\b(?! of)|\b(?:(?:human|live|real) (?:agent|person|being|advis[eo]r)\b(?: please| now)?|(?:anyone|anybody|someone|somebody|some one|who|whom)\b(?: \w+){0,3} (?:can i|i can|to|i could) (?:speak|talk) (?:to|with)\b|(?:speak|talk) (?:to|with) (?:someone|somebody|some one|anyone)\b(?! at my| in my)|(?:someone|somebody|some one|anyone) (?:higher|senior|above you|in charge|real)\b|higher[- ]?ups?\b|senior (?:person|agent|staff|manager)|(?:put|get) (?:a |an |me |ur |your |the )(?:\w+ )?(?:boss|supervisor|manager|human|person|operator) (?:on|through)\b|put me through\b|who(?:'s| is) (?:your|ur) (?:boss|manager|supervisor)|transfer me\b|(?:someone|somebody) (?:to )?(?:call|ring|phone) me\b|is (?:there )?any(?:one|body) real\b|not (?:a |with a |with |to a |this |some |another )(?:bot|robot|machine|computer|programme)\b|human,? please)|^\W*(?:agent|representative|human|operator|supervisor|manager)\W*(?:please\W*)?$)",
    "legal_threat": r"(?:su(?:e|ing) (?:you|u|your|this company|amazon|them)|i(?:'m| am) suing|i(?:'ll| will| am going to|'m going to|'m gonna) sue|legal (?:action|notice|proceedings|recourse|steps)|take (?:you|this|it|the matter) to court|see you in court|small claims|consumer (?:court|forum)|my (?:lawyer|attorney|solicitor)s? (?:will|is|has|says|said|have)|(?:contact|call|talk to|hire|speak to)(?:ing)? (?:a|my) (?:lawyer|attorney|solicitor)|lawsuit|(?:file|lodge) (?:a )?(?:police|fir|court)(?: \w+)? ?(?:complaint|case|report)?|file (?:a )?(?:case|suit)|police complaint|(?:call|calling|report\w*|going) (?:\w+ ){0,3}(?:to )?(?:the )?police\b|(?:my|our) (?:lawyer|attorney|solicitor)\b[^.?!]{0,30}\b(?:will|is|has)|go(?:ing)? to court)\b",
    "regulator_or_media": r"(?:regulators?|ombudsman|cfpb|ftc|fcc|ofcom|ofgem|faa|dot complaint|better business bureau|bbb|trading standards|consumer (?:protection|forum|court|affairs)|journalist|newspaper|press\b|go viral|twitter|social media|facebook|instagram|trustpilot|post(?:ing)? (?:this|about (?:this|you)|it) (?:on|all over)|(?:tell|warn) everyone)\b",
    "self_harm": r"(?:kill(?:ing)? myself|end(?:ing)? (?:my life|it all)|suicid\w*|(?:want|going|gonna|ready|rather|wish i could|wanna) (?:to )?(?:just )?die\b|(?:don't|do not|no reason|no point|nothing left)(?: want)? to (?:live|be here|go on)(?! with(?:out)? (?:this|your)| in\b| near\b)|better off (?:without me|dead)|hurt(?:ing)? myself|harm(?:ing)? myself|self[- ]harm|can't go on(?: (?:living|like this))?|no way out|not be here (?:any ?more|tomorrow)|take my own life|no longer want to live|kms\b(?! lol)|(?:took|taken|swallowed) (?:all|too many|the whole)\b[^.?!]{0,20}\b(?:pills|tablets))\b",
    "safety_risk": r"(?:smell(?:s|ed|ing)? (?:of )?(?:gas|smoke|burning)|gas leak|(?:caught|catch(?:es|ing)?|on) fire\b|smok(?:ing|ed)\b|spark(?:s|ed|ing)\b|explod\w+|electric(?:al)? shock|got (?:a )?shock(?:ed)?|electrocut\w*|burn(?:t|ed|s)? (?:my|his|her|our)|overheat\w*|carbon monoxide|oxygen (?:machine|concentrator)|life support|in danger|threaten(?:ed|ing) (?:me|to (?:hurt|kill))|not safe|unsafe|come to your (?:store|office) with|poison\w*|chok(?:ed|ing)|bleeding|injur(?:ed|y|ies)|(?:swallow(?:ed|ing)|drank|drunk|ate|eaten|inhaled|breathed in)\b[^.?!]{0,30}\b(?:batter(?:y|ies)|magnets?|cleaner|bleach|detergent|chemicals?|pills?|tablets?|paint|glass|fumes|gas|solvent)|chest pains?|can(?:'t|not) (?:breathe|move my)|(?:no|failed|failing) brakes|brakes? (?:failed|don't work|not working)|overdos\w+|gave way (?:while|when|under)|collapsed (?:while|when|under|on)|(?:water|wet)\b[^.?!]{0,40}\bfuse ?box|live (?:wire|cable)s?|took (?:\d+|two|three|four|five|too many)\b[^.?!]{0,25}\b(?:pills|tablets|doses?)|dangerous|hazard\w*|(?:almost |nearly )?cut (?:my|his|her|our|someone|himself|herself|myself)\b|could(?:'ve| have|a|ve)? (?:gotten |got |been )?(?:really )?(?:hurt|sick|injured|killed)|(?:swollen|puffed|bulging|hissing)\b[^.?!]{0,40}\b(?:battery|pack|powerbank|bed|phone)|(?:battery|pack|powerbank|phone)\b[^.?!]{0,40}\b(?:swollen|puffed|bulging|hissing)|(?:odou?r|whiff|pong) of (?:gas|eggs?|burning)|eggy|(?:will|gonna|could) die without|someone (?:is|will|'s) (?:going to )?(?:get|gonna get|be) hurt)\b",
    "medical": r"(?:hospital|surgery|chemo\w*|dialysis|cancer (?:treatment|patient|diagnos)|diagnos\w+|medication|medicines?|insulin|doctor|prescription|asthma|allerg\w+|diabet\w+|pregnan\w+|heart (?:attack|condition|disease)|disabled child|medical|ill(?:ness)?\b|seizure|ambulance)\b",
    "bereavement": r"(?:(?:my|our) (?:late )?(?:\w+ )?(?:mother|father|mum|mom|dad|husband|wife|son|daughter|brother|sister|partner|parent|grand\w+|friend|uncle|aunt|child|baby|spouse|nan|gran)(?:'s)?\b[^.?!]{0,25}\b(?:died|passed (?:away|on|last|yesterday)|death|funeral|passing|has died|is dead)|passed away(?! the time)|(?:in|to) (?:his|her|their|the) funeral|\bfuneral\b|bereave\w*|my late (?:husband|wife|mother|father|mum|mom|dad|brother|sister|son|daughter)|deceased|lost my (?:mother|father|mum|mom|dad|husband|wife|son|daughter|brother|sister|baby|partner))\b",
    "fraud_or_identity_theft": r"(?:(?:un-?authori[sz]ed|fraudulent|unrecogni[sz]ed) (?:\w+ )?(?:charge|transaction|payment|purchase|order|debit|withdrawal|access|login|activity|transfer)s?|(?:didn't|did not|never) (?:make|authori[sz]e|approve|place|do|recogni[sz]e) (?:this|that|these|those|any|the|it)(?: \w+)? ?(?:payment|charge|purchase|transaction|order|transfer|withdrawal)?s?\b|hack(?:ed|er|ers)|stole(?:n)? (?:my )?(?:identity|card|account|money)|identity (?:theft|stolen)|(?:someone|somebody|some1|they|thief)(?:'s|'re)?\b[^.?!]{0,25}\b(?:used|using|transferring|took over|accessed|logged into|emptied|drain\w*|changed|got into|in|spent|spending|buying|moved|redeemed|hacking)\b[^.?!]{0,25}\b(?:my|our) (?:\w+ )?(?:account|card|email|password|savings|bank|banking|number|miles|name)\b|(?:charge[ds]?|payments?|orders?|loan|debit(?:ed)?|deducted|purchases?|transactions?|subscription|membership)\b[^.?!]{0,30}\b(?:i|we) (?:never|did not|didn't|didnt|have not|haven't) (?:even )?(?:make|made|place|placed|order|ordered|authori[sz]e[ds]?|open|opened|take|took|taken|buy|bought|recogni[sz]e|sign(?:ed)? up|subscribe[ds]?)\b|(?:loan|card|account|bill|sim|mortgage|contract)s?\b[^.?!]{0,20}\bin my name\b|account (?:was |has been |got |is )?(?:taken over|compromised|breached)|sim[- ]swap|phish\w*|fraud(?:ster|ulent)?s? (?:on|in|with) my|card (?:was |has been )?(?:cloned|skimmed))\b",
    "data_breach": r"(?:data (?:breach|leak)|leak(?:ed|ing)? my (?:data|details|information|address|number)|(?:someone|somebody|another (?:customer|person))(?: else)?'s (?:bill|data|details|account|information|statement|order|invoice|address)\b[^.?!]{0,25}\b(?:in|on|instead|under) my|(?:see|seeing|got|received|shows?|showing|opened)\b[^.?!]{0,15}\b(?:someone|somebody|another (?:customer|person|patient|student)|other (?:people|customer)s?)(?: else)?(?:'s)? (?:\w+ )?(?:bill|data|details|account|information|statement|order|invoice|address|file|records?|results?|name)|(?:shared|gave|given|sent|exposed|sold|shown) my (?:personal |private |bank |card |contact )?(?:data|details|information|address|number)\b[^.?!]{0,20}\bto|see (?:other|another) (?:people|customer|person)'?s?'? (?:data|details|orders)|privacy (?:breach|violation))\b",
    "discrimination_or_harassment": r"(?:discriminat(?:ed|ing|ion)(?: against| me)?|racis[tm]\w*|sexis[tm]\w*|because (?:of my (?:accent|race|skin|religion|gender|colou?r|disability|name)|i(?:'m| am) (?:black|muslim|jewish|gay|a woman|disabled|indian|asian|trans|foreign))|harass(?:ed|ing|ment)|slur|groped|sexual(?:ly)? \w+|touched me)\b",
    "employee_misconduct": r"(?:(?:your|the|ur) (?:delivery |customer service |store )?(?:driver|employee|staff|agent|courier|rep\w*|technician|guy|boy|man|person|ppl|people|packer|cashier|worker|rider|partner|executive)s?\b[^.?!]{0,40}\b(?:pushed|hit|stole|stolen|steal(?:ing)?|kept it|threaten\w*|grabbed|swore|shout\w*|yell\w*|abus\w*|insult\w*|assault\w*|touched|spat|drunk|laughed at|cursed|demand\w* (?:money|cash|bribe|extra)|asked for (?:a )?(?:bribe|cash|money)|hung up on|was (?:\w+ )?rude|threw|misbehav\w*)|(?:did|has|have) (?:your|ur|they|the) (?:\w+ ){0,3}(?:steal|stolen|just steal)\b|(?:he|she|they|the guy) (?:was|were) (?:so |very |really )?rude)\b",
    "vulnerable_customer": r"(?:i(?:'m| am) (?:\d{2} years old|elderly|blind|deaf|disabled|a carer|dyslexic|autistic|housebound|a widow|a pensioner)|my (?:elderly|disabled|blind|autistic) \w+|dementia|alzheimer\w*|wheelchair|single (?:mother|mum|mom|parent)|(?:he|she|my (?:husband|ex|partner|boyfriend))\b[^.?!]{0,20}\b(?:reads my|controls my|beats|abus)\w*|old (?:mother|father|parents?))\b",
    "minor_involved": r"(?:i(?:'m| am) (?:only )?(?:[89]|1[0-7])(?: years? old)?\b(?! (?:days|weeks|months|hours|minutes|am|pm|%))|my (?:\w+ )?(?:baby|toddler|newborn|infant|child|kid|son|daughter)s?\b[^.?!]{0,30}\b(?:hurt|sick|ill|contact|crying|allerg|chok|danger|fever|hospital|messag|bull(?:y|ied))\w*)\b",
    "financial_hardship": r"(?:can(?:'t|not) (?:afford|pay (?:my|the|rent|bills?))|lost my job|(?:unemployed|bankrupt\w*|evict\w*|foreclos\w*|overdraft)\b|feed (?:my|the|our) (?:kids|family|children)|no money (?:left|for)|last (?:of my )?money|all my savings|pay(?:ing)? (?:my )?rent|hardship|living paycheck|struggling (?:to pay|financially)|my salary)\b",
    "life_event_deadline": r"(?:wedding|funeral|birthday|anniversary|exams?|interview|graduation|surgery|flight (?:leaves|is|departs)|baby shower|christmas|diwali|eid|festival|ceremony|reunion|honeymoon|visa appointment|moving (?:day|out|house))\b",
    "accusation_of_lying": r"(?:(?:you|u|they|ur|your \w+|agent|he|she|all of you)(?:'re| are| r| is|'ve| have| guys)?(?: \w+){0,3} (?:ly(?:ing|ied)|lied|liars?|lies)|(?:stop|keep) lying|false promises?|(?:bunch|pack) of lies|liars?|dishonest|cheat(?:ing|ed|ers?)|misleading me|fake promises?)\b",
    "abuse_towards_staff": r"(?:fuck\w*|f\*+k?\w*|idiots?|stupid (?:bot|agent|people|person|company)|moron\w*|bastards?|bitch\w*|asshole\w*|dumb(?:ass)?\b|shut up|you(?:'re| are| r|r)? (?:\w+ )?(?:useless|incompetent|pathetic|a joke|worthless|garbage|trash))\b",
    "churn_threat": r"(?:(?:never|not) (?:\w+ )?(?:(?:buy|order|shop|us|com|fly|book|purchas)(?:e|ing)?)\b[^.?!]{0,25}\b(?:again|anymore|any more|from (?:you|here|amazon))|(?:cancel(?:ling|ing)?|clos(?:e|ing)|delet(?:e|ing)) (?:my )?(?:\w+ )?(?:account|membership|subscription|prime)|switch(?:ing)? to (?:another|a|your)|(?:take|taking) my business|go(?:ing)? (?:to|with) (?:a |your |another )?(?:competitor|flipkart)|los(?:e|ing|t) (?:me as )?a (?:loyal |good )?customer|last time i|done with (?:you|this company|amazon))\b",
    "policy_exception": r"(?:(?:any|no) exceptions?|an exception|special (?:case|circumstances|consideration)|(?:is|isn't) there (?:any|no|really no|some) (?:other )?way|bend|make it right|considering (?:the|my|that)|given (?:the|my) (?:circumstances|situation)|shouldn't (?:i|it|that) (?:be|count)|(?:i|we) shouldn't have to|why should (?:i|we)|why do i (?:have|need) to)\b|(?:make an exception|exception (?:for me|this time|in my case|please)|one[- ]time exception|waive (?:the|this|my)|bend the rules?|(?:just|only) this once|(?:isn't|not|is that|how is (?:this|that)) fair\b|unfair\b|goodwill gesture)",
    "conflicting_accounts": r"(?:i (?:was|had been|have been) (?:told|assured|promised|informed)|(?:a|the|your|another|previous|last|other) (?:representative|rep|agent|guy|person|colleague|lady)\b[^.?!]{0,25}\b(?:told|said|assured|approved|confirmed|promised)|(?:that's|that is|this is|thats|it's|its) (?:not (?:true|right|correct|what (?:i|you|they|happened|was))|(?:wrong|false|incorrect|a lie))|(?:i|we) (?:never|didn't|did not|dint|didnt) (?:\w+ )?(?:receive|received|get|got|sign|signed|order|ordered|ask|asked|cancel|cancelled|refuse|refused|say|said|return|agree|get any|request|requested)\b[^.?!]{0,40}|your (?:records?|system|driver|courier|app|website) (?:is|are|says?|must be|shows?) (?:\w+ )?(?:wrong|lying|mistaken|incorrect|delivered))\b|(?:(?:you|the (?:other|last|previous) (?:agent|person|rep\w*)|your (?:colleague|agent|team|website|app)|they|first (?:you|agent))\b[^.?!]{0,25}\b(?:said|told|says|promised|shows?)\b[^.?!]{0,60}\b(?:but|now you|and now|different)|(?:says?|shows?|marked(?: as)?) (?:it (?:was|is) )?delivered\b[^.?!]{0,40}\b(?:but|not|never|didn't|nothing|haven't)|marked as (?:delivered|received|returned))\b",
    "accessibility": r"(?:screen reader|large[- ]print|text relay|braille|sign language|wheelchair|i(?:'m| am) (?:blind|deaf|hard of hearing|visually impaired)|can't (?:hear|see) (?:well|the))\b",
    "bot_confused": r"(?:(?:are you|r u|is this|am i (?:talking|speaking|chatting) (?:to|with)) (?:even )?(?:a |an )?(?:bot|robot|human|real|ai|machine)|you(?:'re| are)?(?: a| just a)? (?:bot|robot)|not what i (?:asked|said)|(?:didn't|not) answer(?:ed|ing)? my (?:question|q)|(?:did|do) you (?:even )?(?:read|listen|understand)|you(?:'re| are) not (?:listening|understanding|reading)|wrong (?:order|product|person)\b.{0,200}you)\b",
}
_REPEAT = re.compile(
    r"\b(?:(?:third|fourth|fifth|3rd|4th|5th|2nd|second|umpteenth|tenth) time (?:(?:i|this|it|that|now|you|in)\b|\W*$)|how many times|again and again|same (?:thing|problem|issue|damn|answer|response|reply|story|mistake|wrong)\b[^.?!]{0,15}\b(?:again|every|over|before)?|keep(?:s)? (?:saying|telling|asking|repeating|happening|sending|giving)|(?:already|just) (?:told|said|gave|given|explained|tried|did|done|sent|mentioned|provided)|you (?:already )?(?:said|asked) (?:that|this) (?:already|before|last)|(?:called|contacted|wrote|written|emailed|complained|chatted)[^.?!]{0,20}(?:\d+|two|three|four|five|several|many|multiple|twice) ?(?:times|twice)?|still (?:not|no|nothing|waiting|haven't|hasn't)|every (?:single )?time|over and over|once again|yet again)\b"
)
_TRAPS = re.compile(
    r"(?:talk|chat|speak)(?:ing)? to people about|"
    r"dying to|app (?:kills|is killing) me|kill (?:the|this|that) (?:process|app|task|deal|order)|phone (?:just )?died|battery (?:just )?died|(?:it|laptop|device|phone|car|tv|screen|charger|battery|mic\w*|remote) (?:has |is |was |just )*(?:died|dead)|dead on arrival|deal is dead|passed away the time|smoking (?:deal|hot)|fire sale|lawyer friend|my friend is a lawyer|i(?:'m| am) a lawyer|"
    r"user agent|estate agent|travel agent|insurance agent|human resources|price discriminat\w+|discriminating taste|data (?:plan|usage)|end my (?:contract|subscription|call|plan)|cancer sign|sick (?:design|deal)|what a scam|scam (?:fees?|price)|identity (?:of|column)|exception (?:trace|error|thrown)|stack ?trace|"
    r"(?:song|album|team|sale|show|site|playlist|game)\w*(?: is| are|'s) on fire|(?:cat|dog|pet|hamster|rabbit|horse|puppy|kitten)\b(?:'s)? (?:medic\w+|food|insulin|prescription)|(?:medic\w+|insulin|prescription)(?: \w+)? for (?:my|our) (?:\w+ )?(?:cat|dog|pet|hamster|rabbit|horse|puppy|kitten)|(?:insulin|medic\w+|hospital) (?:pump )?(?:case|bag|pouch|cover)|exception with a|null ?pointer|(?:fire|on fire) (?:tv|stick|tablet|deal)|kindle fire|amazon fire|heads will roll|kill it in|i'll post (?:it|the parcel|the package)|suicide squad|smoking (?:section|room)|non-smoking|no smoking|delete my (?:cart|history)|press (?:release|the|button|[0-9])|spark(?:s)? joy|executive suite|press\b(?! (?:and|will|about|release))"
)
_CERTAIN: dict[Signal, str] = {
    "regulator_or_media": (
        r"(?:regulators?|ombudsman|cfpb|ofcom|ofgem|trading standards|better business bureau|journalist)\b"
    ),
    "medical": r"(?:chemo\w*|dialysis|surgery)\b|my insulin\b",
    "financial_hardship": (
        r"feed (?:my|the|our) (?:kids|family|children)\b|lost my job\b|(?:evict|foreclos|bankrupt)\w*"
    ),
    "accessibility": (
        r"(?:screen reader|large[- ]print|text relay|braille|sign language|hard of hearing)\b|i(?:'m| am) (?:blind|deaf)\b"
    ),
    "minor_involved": (
        r"i(?:'m| am) (?:only )?1[0-7]\b(?! (?:days|weeks|months|hours|minutes|am|pm|%))|my (?:son|daughter|kid|child)\b[^.?!]{0,20}\b(?:contacted|messaged|bullied)\b"
    ),
    "vulnerable_customer": r"(?:dementia|alzheimer\w*)\b",
    "churn_threat": r"(?:cancel everything|done with you)\b",
    "life_event_deadline": r"my flight (?:leaves|departs|is) in\b",
    "safety_risk": (
        r"(?:he|she|they)(?:'ll| will| is going to|'s going to) (?:hurt|kill|hit) (?:me|us|her|him)\b"
    ),
}
"""Words that leave no doubt: believed whatever the net says, and no part of what it learns from."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """Each form, and all of them as one. A form begins where a word begins or ends."""

    each: dict[Signal, re.Pattern[str]]
    any: re.Pattern[str]

    @classmethod
    def of(cls, forms: dict[Signal, str]) -> "_Forms":
        return cls(
            {name: re.compile(at_word(form)) for name, form in forms.items()},
            re.compile(at_word(*forms.values())),
        )


_SIGNALS = _Forms.of(_FORMS)
_SURE = _Forms.of(_CERTAIN)
_TALL = 500.0
_DIGIT = re.compile(r"\d")


def signals_in(turns: tuple[tuple[int, str], ...]) -> tuple[SeenSignal, ...]:
    """Signals in the customer's turns, given as (place in the conversation, text)."""
    found: dict[Signal, SeenSignal] = {}
    for place, text in turns:
        folded = fold(text)
        found |= _found(_SIGNALS, place, text, folded)
        if tall := _tall_in(folded):
            found["large_sum"] = SeenSignal("large_sum", _span(text, folded, tall), place)
    return tuple(found.values())


def _tall_in(folded: str) -> re.Match[str] | None:
    """The largest amount, where it is large."""
    if not _DIGIT.search(folded):
        return None
    amounts = [(number(m.group()) or 0.0, m) for m in AMOUNT.finditer(folded) if "%" not in m.group()]
    worth, place = max(amounts, key=lambda found: found[0], default=(0.0, None))
    return place if worth >= _TALL else None


def in_passing(sentence: str) -> bool:
    """The sentence holds a phrase whose words sound like a signal and are none."""
    return _TRAPS.search(fold(sentence)) is not None


def certain_in(turns: tuple[tuple[int, str], ...]) -> dict[Signal, SeenSignal]:
    """Signals in words that leave no doubt, outside phrases in passing."""
    found: dict[Signal, SeenSignal] = {}
    for place, text in turns:
        found |= _found(_SURE, place, text, fold(text))
    return found


def _found(forms: _Forms, place: int, text: str, folded: str) -> dict[Signal, SeenSignal]:
    if not forms.any.search(folded):  # most texts hold none, and one search for all tells it sooner
        return {}
    hits = ((name, _meant(form, folded)) for name, form in forms.each.items())
    return {name: SeenSignal(name, _span(text, folded, hit), place) for name, hit in hits if hit}


def repeats_in(turns: tuple[tuple[int, str], ...]) -> tuple[SeenSignal, ...]:
    """Each of the customer's turns that says the same failed or was asked before."""
    hits = ((place, text, _REPEAT.search(fold(text))) for place, text in turns)
    return tuple(
        SeenSignal("repeat_failure", _span(text, fold(text), m), place) for place, text, m in hits if m
    )


def _meant(form: re.Pattern[str], folded: str) -> re.Match[str] | None:
    """The first hit that is neither denied nor explained by a phrase in passing."""
    if not form.search(folded):
        return None
    traps = [m.span() for m in _TRAPS.finditer(folded)]
    for hit in form.finditer(folded):
        passing = any(hit.start() < end and start < hit.end() for start, end in traps)
        if not passing and not _denied(folded, hit.start()):
            return hit
    return None


def _denied(text: str, at: int) -> bool:
    """ "I don't want to sue you" is no threat; "don't make me call my lawyer" is one."""
    before = text[max(0, at - 30) : at]
    return re.search(
        r"\b(?:don't|do not|not|no need to|without|never)\s+(?:\w+\s+){0,2}$", before
    ) is not None and not re.search(r"don't make me|why (?:don't|not)|can't|do not make", before)


def _span(text: str, folded: str, hit: re.Match[str]) -> Span:
    """The words as the customer wrote them; folding can shift places, then the whole turn is the span."""
    if len(text) == len(folded):
        return Span(text[hit.start() : hit.end()], hit.start(), hit.end())
    return Span(text, 0, len(text))
