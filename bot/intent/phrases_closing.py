"""Phrases with which people end calls, or say that they have what they wanted."""

DAY_NAME = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_DAY_PART = r"(?:day|one|evening|night|weekend|afternoon|morning|week|time|holiday|trip|christmas)"
_WHEN = (
    rf"(?: (?:later(?: (?:on|today|this \w+))?|then|soon|tomorrow|tonight|around|again|there|next (?:week|time|month|year|{DAY_NAME})|"
    rf"in (?:a bit|a while|the (?:morning|afternoon))|(?:on |this |next |at )?{DAY_NAME}|(?:on )?the (?:first|second|third|\w+th)|"
    r"at (?:noon|\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|morning|afternoon|evening|night|sometime))*"
)
_WISH = (
    r"(?:good|great|nice|lovely|wonderful|blessed|fantastic|pleasant|beautiful|brilliant|super|safe|happy|fabulous|restful|excellent|amazing|awesome|splendid|"
    r"terrific|marvellous|marvelous|peaceful|relaxing|merry|grand|cracking|fun|glorious|superb|fine|sunny|productive)"
)
FAREWELL: tuple[str, ...] = (
    r"(?:good ?bye|bye)(?: (?:bye|goodbye|ok))?(?: (?:for now|now|then|everyone|all|and thanks|to you|again|you))*",
    r"(?:good ?night|night night|nighty(?: night)?|night then|nite|nite nite)(?: (?:now|then|to you))?",
    r"good day to you(?: (?:sir|madam|too))?",
    r"(?:(?:it|that) (?:was|has been) )?(?:(?:so|very|really|a|such a|most|my|been) )*(?:nice|great|good|lovely|wonderful|pleasure|enjoyable|pleasant|delight)(?: (?:to (?:talk|speak|chat)|talking|speaking|chatting|catching up|having this chat))"
    r"(?: (?:to|with) (?:you|ya|you all))?(?: (?:today|again|too|as well))*",
    r"(?:this|it|that) (?:was|has been|is) (?:a )?(?:very |really |so )?(?:nice|great|good|lovely|wonderful|pleasant) (?:chat|talk|conversation|speaking|talking)(?: (?:with|to) you)?",
    r"(?:great|good|nice) (?:talk|chat)(?: (?:with|to) you)?",
    r"(?:take it easy|it is time to (?:say (?:goodbye|bye)|go)|cheers then|be seeing you)(?: (?:now|then))?",
    r"(?:i am )?glad we (?:got to|could) (?:talk|chat|speak)(?: again)?",
    r"(?:i )?(?:really |have |so )*(?:enjoyed|liked) (?:talking|speaking|chatting|our (?:chat|talk|conversation))(?: (?:to|with) you)?(?: today)?",
    rf"(?:i will |we will |will |i |i shall )?see (?:you|ya)(?: all| guys| both)?{_WHEN}",
    r"take (?:good )?care(?: of yourselves| of yourself| now| then| all)*(?! of)",
    rf"(?:you |and you |you all )?have (?:a |an |yourself a |yourselves a )(?:(?:very|really|truly) )?{_WISH} {_DAY_PART}(?: (?:ahead|too|as well|now))*",
    r"(?:you |and you )?have (?:a |an )?(?:\w+ )?rest of (?:your|the) (?:day|evening|week|afternoon|night|weekend|morning)",
    r"(?:you |and )?enjoy (?:the )?(?:rest of )?(?:your|the) (?:day|evening|week|weekend|afternoon|night|rest|morning)",
    r"(?:cheerio|cheery ?bye|tata|ta ra|tara|toodle(?:s| ?oo| ?pip)?|so long|farewell|ciao|adios|au revoir|sayonara|arrivederci|"
    r"hasta (?:luego|la vista)|peace out|laters|buhbye|tootles|fairwell|later (?:gator|gater|alligator|mate|dude|man|all)|signing off|over and out|ttyl|tatty ?bye)"
    r"(?: (?:for now|now|then|baby))*",
    r"(?:i will |we will )?catch (?:you|ya)(?: (?:later|around|soon|another time|next time|on the flip side))",
    r"(?:i will |we will |i |we can |let us |will )?(?:talk|speak|chat)(?: (?:to|with))?(?: (?:you|ya))?(?: all)?"
    rf"(?: (?:later|soon|tomorrow|then|again soon|next week|another time|again later|again tomorrow|(?:on )?{DAY_NAME}))+(?: then)?",
    r"(?:until|till) (?:next time|then|we (?:speak|talk|meet) again)",
    r"(?:all the best|be well|stay safe|keep well|best wishes|warm regards|regards)(?: (?:to you|now|then))?",
    r"(?:wish|wishing) you (?:a |an |all )(?:\w+ )?(?:day|evening|best|weekend|night|week)",
)
_HEDGES = r"(?:really|just|do|kind of|probably|now|actually|sort of|seriously|also|simply|maybe|better|also|all)"
_LEAVE = (
    r"(?:go|run|leave|dash|bounce|jet|scoot|split|shoot(?: off)?|fly|rush|rush off|vamoose|"
    r"(?:hop|jump|drop|ring|get|sign|log|head|take|set|push) off(?: (?:the|this) (?:phone|call|line))?|get off (?:the|this) (?:phone|call|line)|"
    r"head (?:out|home|back)|be (?:going|off|heading off|heading out|on my way|leaving|getting on|getting off|hanging up|ending this call)|"
    r"get (?:going|moving|on|back to (?:work|it|the office|my \w+)|ready|off)|hang up(?: the phone| on you)?|go (?:back to work|to bed|now)|"
    r"(?:end|finish|close|cut|stop) (?:the|this|our) (?:call|conversation)|let you go|say (?:goodbye|bye|good night)|put the phone down|make a move|go away)"
)
_END = (
    r"(?:hang up(?: the phone| on you)?|(?:end|finish|close|cut|stop) (?:the|this|our) (?:call|conversation)|let you go|say (?:goodbye|bye|good night)|get off (?:the|this) (?:phone|call|line)|"
    r"go now|get going|head (?:out|off) now|leave now|put the phone down)"
)
_TAIL = r"(?: (?:now|right now|then|here|soon|ok|please|already|right away|in a (?:minute|second)|quickly))*"
_BACK = r"(?:back|again|later|another (?:time|day)|some other (?:time|day)|tomorrow|tonight|next (?:week|month|time)|soon|in (?:a|an) (?:bit|while|hour|minute|few \w+)|at (?:a better|another) time)"
_ONCE = r"(?: (?:when|once|if|after|as soon as) (?:i|we)(?: \w+){1,7})?"
_CALL = (
    rf"(?:(?:call|ring|phone|buzz|try|come|contact|dial|telephone)(?: (?:you|you guys|your office|in|up|this number|them))?(?: {_BACK})+{_ONCE}|"
    rf"give (?:you|you guys|them) (?:a|another) (?:call|ring|shout|buzz|bell)(?: {_BACK})*{_ONCE}|"
    rf"(?:get|come|circle) back (?:to|with|in touch with) you(?: (?:guys|on that|about it|on this|about that))?(?: {_BACK})*{_ONCE}|"
    rf"(?:be|get) (?:back )?in touch(?: (?:with you|soon|later|then))*{_ONCE}|reach out(?: (?:again|later|to you|if i \w+ \w+))+|"
    rf"let you know(?: (?:later|soon|tomorrow|by phone))*{_ONCE})"
)
DEPARTURE: tuple[str, ...] = (
    rf"(?:(?:i|we) )?(?:{_HEDGES} )*(?:have to|have got to|had got to|got to|need to|ought to|had better|better|should|must|will have to|"
    rf"am going to have to|can not stay i have to|have) (?:{_HEDGES} )*{_LEAVE}{_TAIL}",
    rf"(?:(?:i|we) )?(?:{_HEDGES} )*(?:would like to|want to|am going to|are going to|am about to|am trying to|would rather) (?:{_HEDGES} )*{_END}{_TAIL}",
    rf"(?:i am|we are) (?:{_HEDGES} )*(?:hanging up|off (?:now|then)|(?:leaving|going|heading (?:out|off|home)) (?:now|then)|gone|ending (?:the|this) call|getting off (?:the|this) (?:phone|call)|saying (?:goodbye|bye)|"
    rf"out of here|(?:in|at) (?:my|the) (?:office|door) (?:so )?bye)(?: (?:the|this) phone| on you)?{_TAIL}",
    rf"(?:i|we) (?:will|shall|am going to|might) (?:{_HEDGES} )*(?:hang up(?: the phone)?|be (?:off|going|on my way)|let you (?:go|be|get (?:on|going|back)(?: (?:to|with) (?:it|"
    r"work|your \w+))?)|leave (?:it|you|that|things) (?:there|here|at that|to it|for (?:now|today)|be)(?: for (?:now|today))?|say (?:goodbye|bye|good night)|"
    rf"(?:end|finish) (?:the|this|our) call(?: here)?|ring off|get (?:going|off)|head (?:off|out)|go(?: now)?){_TAIL}",
    rf"(?:i|we) (?:will|shall|would|can|am going to|have to|need to|would rather|prefer to|will have to|would like to|might|may|want to|better) "
    rf"(?:{_HEDGES} )*{_CALL}",
    rf"(?:let me|(?:i|we) (?:will|need to|have to|want to|would like to|am going to|should|must|got to)) (?:\w+ ){{1,9}}(?:and|then|so) (?:then )?(?:i will |i can )?(?:just )?{_CALL}",
    rf"let me (?:just )?{_CALL}",
    r"(?:please |just |now |go ahead and |ok to )*(?:you (?:can|may|could|should) |can you |could you |can we |could we |shall we |let us |would you )?(?:please |just |now |all )*"
    r"(?:hang up|end (?:the |this |our )?(?:call|conversation|chat)|disconnect(?: (?:the|this|our) (?:call|line)| me(?! with))?|"
    r"(?:finish|close|terminate|drop|cut) (?:the|this|our) (?:call|conversation|line)|wrap (?:it|this|things) up|wrap up|call it (?:a day|quits))"
    r"(?: (?:here|now|there|please|the phone|right now|on me please|then|for (?:now|today)))*",
    r"(?:i )?(?:close|end|finish|cut|put down) (?:the|this) (?:call|phone)(?: (?:now|here))*",
    r"let us (?:just )?(?:leave|end|stop|finish|wrap|call) (?:it|this|things) (?:there|here|at that|up|off|for (?:now|today))(?: (?:for (?:now|today)|here|there))*",
    r"we can (?:leave|end|stop|finish|wrap) (?:it|this|things|here) ?(?:there|here|at that|up|off|for (?:now|today))?",
    r"(?:i )?(?:will|must|should|do|better|had better|shall) not (?:want to )?(?:keep|hold|bother|trouble|disturb) you(?: (?:up|any (?:longer|more|further)|from your \w+))*",
    r"(?:i )?(?:will|do) not (?:want to )?(?:take|waste) (?:up )?(?:any )?(?:more )?(?:of )?your time(?: any ?more)?",
    r"(?:i )?(?:will|do) not take (?:up )?any more of your time",
    r"(?:leave|leaving) (?:it|that) (?:there|at that)(?: then| for (?:now|today))*",
)
"""Leaving, hanging up, or promising to call again."""
_SPAN = r"(?: (?:for (?:now|today|me|us|the moment|this (?:morning|afternoon|evening)|the day)|today|now|really|right now|then|from (?:me|us|my side|my end|here)|already|on my (?:end|side)))*"
_NEED = (
    r"(?:(?:want|wanted|need|needed) (?:to (?:know|ask|hear|do|say|check|find out|clear up|sort out|get|discuss)|from you|help with)|need(?:ed)?|want(?:ed)?|had|have got|have|got|came for|called (?:for|about)|am after|was after|was calling (?:for|about)|"
    r"require(?:d)?|was looking for|was wondering(?: about)?|asked for)"
)
CLOSER: tuple[str, ...] = (
    r"(?:that|it|this) (?:is|was|will be|would be|should be|ought to be|has to be|is going to be|has been|be) "
    r"(?:(?:really|just|pretty much|about|basically|probably|actually|literally) )*"
    rf"(?:all|everything|the lot|the whole lot|that|it|enough)(?: (?:folks|really|done|sorted|then))*(?: that)?(?: (?:i|we)(?: (?:really|just))*"
    rf" {_NEED})?{_SPAN}",
    rf"is all{_SPAN}",
    rf"(?:that|it) (?:is|was) (?:really |about )?the only (?:thing|one|question|issue)(?: (?:that )?(?:i|we) {_NEED})?{_SPAN}",
    rf"(?:that|it) (?:is|was) my only (?:question|issue|concern){_SPAN}",
    rf"(?:that|this|it) (?:will|would|should|ought to|can) (?:probably |just )?do(?: (?:it|me|nicely|fine|the trick|us))?{_SPAN}",
    rf"(?:that|this) does it{_SPAN}",
    r"(?:that|this|you) (?:has |have )?(?:pretty much |about |just )?(?:covers?|covered|sorts?|sorted|settles?|answers?|answered|wraps? up|does) (?:it(?: all)?|everything|that|all of it|all "
    rf"(?:of )?my questions?|my questions?|the lot)(?: (?:that )?(?:i|we) {_NEED})?{_SPAN}",
    r"(?:i|we) (?:have |have got |got |have gotten |now have |already have |think i have )+(?:everything|all|what|all the \w+|the (?:info|information|details|answers?))"
    rf"(?: that)? (?:i|we)(?: (?:have|really))* {_NEED}{_SPAN}",
    r"you (?:have )?(?:just |already )?(?:answered|covered|sorted|told me|given me|helped me with) (?:everything|it all|all|all (?:of )?(?:my |the )?questions?|my questions?|what)"
    rf"(?: (?:that )?(?:i|we) {_NEED})?{_SPAN}",
    r"(?:i |we )?(?:(?:do not |did not |have |got |have got |would not )+)?(?:have |got |need )?(?:no|any|no any|not any) (?:more|further|other|additional) (?:questions?|concerns|queries|requests|things?|help)"
    r"(?: (?:from me|for you|at the moment|for now|today|at this time|right now|thanks))*",
    r"(?:i |we )?(?:have )?no (?:more )?questions? (?:from (?:me|my side|us)|for (?:now|today|you))",
    r"(?:i am|we are) (?:all |now |pretty much )?(?:done|finished|through|finish)(?: (?:here|now|talking|with (?:you|this call)|for (?:now|today|the day)))*",
    r"(?:i think |i believe )?we (?:have )?(?:pretty much |about |just )?(?:covered|done|discussed|sorted|been through) (?:everything|it all|all of it|it)",
    r"no more(?: (?:for (?:today|now|me)|from me|questions|thanks|thank you|than that))+",
    r"(?:no )?you (?:have )?(?:got |have )?(?:it|everything) (?:all )?covered",
    r"you (?:have )?(?:done|helped)(?: (?:me|us))? (?:enough|plenty|everything|a lot already)",
    r"(?:all|everything is) (?:done|finished|sorted|complete|covered)" + _SPAN,
)
"""Says outright that this was all."""
NOTHING_MORE: tuple[str, ...] = (
    r"nothing(?: (?:else|more|further|at all|to add|other|really|i can think of|that i can think of|comes to mind|springs to mind|much))*(?: (?:from me|from my side|for (?:now|today|me|us)|"
    r"i (?:need|want|can think of)|right now|today|at the moment))*",
    r"(?:i |we )?(?:do not|did not|will not|would not|not) (?:really )?(?:need|want|have|require|got) (?:anything|nothing|something|any more|more)(?: (?:else|more|further|other))*"
    r"(?: (?:from you|for now|today|right now|at the moment|at this time|just now))*",
    r"(?:i |we )?(?:do not|did not|would not) (?:really |quite )?(?:think|believe|suppose|reckon|guess) (?:so|there is(?: anything(?: else)?)?)(?: (?:no|today|right now|at the moment))*",
    r"not (?:that|which) i (?:can|could|can even) ?(?:think of|recall|see|remember)?(?: (?:right now|now|at the moment|today))*",
    r"not (?:that )?(?:i|we) (?:know of|am aware of|think of|recall)",
    r"(?:none|nothing) (?:right now|at the moment|at this (?:time|moment|point|stage)|for now|for the moment|today|now|just now|just yet|as of now|currently|this time|at present|really)",
    r"(?:i )?can not think of (?:anything|any|nothing|any other|any other thing)(?: (?:else|more|right now|now|at the moment|other))*",
    r"(?:there is|there are) (?:nothing|not anything|no)(?: (?:else|more|further|other))*(?: (?:questions?|things?))?(?: (?:from me|right now|for now|today|i (?:need|want)))*",
    r"none(?: at all| thanks)?",
    r"not (?:a|one) (?:thing|single thing)",
    r"(?:just|only) that",
    r"(?:no need|not needed|not necessary)(?: (?:for )?(?:anything|more|else|any more|nothing))+",
    r"(?:i |we )?need (?:nothing|no)(?: (?:else|more|further|other))+(?: (?:help|things?))?",
)
"""Says that there is nothing further; whether that ends the call depends on what was asked."""
SATISFIED: tuple[str, ...] = (
    r"(?:i am|we are|i am feeling|me is) (?:(?:all|just|perfectly|totally|quite|absolutely|completely|pretty|really|doing|very) )*(?:good to go|good|fine|ok|all right|set|sorted|grand|great|golden|covered|"
    r"happy|satisfied|well|content|goods|dandy)(?: (?:here|now|today|then|for (?:now|today|the moment)|at the moment|right now|as (?:i am|is|it is)|on my end))*",
    r"(?:it is |that is |we are |i think we are )?all (?:good|set|sorted|clear|cool|fine|ok|covered|squared away)(?: (?:here|now|today|for (?:now|today|me|us)))*",
    r"(?:you are|you are all) (?:all right|ok|good|grand|fine)",
    r"(?:i|we) (?:have|have got|got) (?:everything|it all|enough)(?: (?:now|here))?",
    r"(?:i|we) should be (?:good|fine|ok|all set|all right)(?: now| for now)?",
    r"sorted",
)
THAT_IS_ME: tuple[str, ...] = (
    r"that (?:is|will be|would be) (?:me|us)(?: (?:done|sorted|finished|all set|then|all done))*",
)
RETURNED_WISH: tuple[str, ...] = (
    r"(?:and )?(?:you|yourself) (?:too|as well|also|the same)",
    r"(?:and )?(?:the )?same to (?:you|yourself)",
    r"likewise",
    r"(?:and )?(?:to )?you(?: guys| all)? as well",
    r"(?:i )?(?:will|i will) thanks you too",
    r"back at you",
    r"right back at you",
    r"and you",
    r"i will",
)
LATER: tuple[str, ...] = (r"later(?: (?:then|on))?",)
_HELPFUL = (
    r"(?:helpful|kind|great|wonderful|amazing|patient|good|lovely|brilliant|awesome|sweet|fantastic|excellent|useful|nice|super|a star|an angel|a legend|a life ?saver|"
    r"(?:a |of )?(?:\w+ )?help|fabulous|terrific|very informative|informative)"
)
APPRECIATION: tuple[str, ...] = (
    rf"(?:you have been|you were|you been|this has been|that has been|you are being) (?:(?:so|very|really|super|extremely|ever so|incredibly|most|a|such a|just|of|all) )*{_HELPFUL}(?: (?:to me|today|help|thanks|indeed))*",
    r"(?:i |we )?(?:really |do |very much |sure |certainly |truly )*appreciate (?:it|that|this|you|you guys|your (?:\w+ )?(?:help|time|patience|assistance|kindness|service|hard work)|all (?:your|the|of your) help|everything|the (?:help|call|info|information)(?: you (?:gave|provided|have given)(?: to)? me)?)"
    r"(?: (?:so much|very much|a lot|today|though|anyway))*",
    r"(?:much |very much |greatly )?appreciated",
    r"(?:i )?can not thank you enough",
    r"(?:thanks|thank you|cheers|thank)(?: (?:so much|much|so very much|very much|a lot|again|kindly|a million|a bunch|ever so much))* for (?:all )?(?:of )?(?:your |the |you |ur )?(?:kind |great |lovely |quick |excellent )?"
    r"(?:helping(?: (?:me|us))?(?: out)?|help|time|assistance|patience|support|info|information|service|everything|that|explaining(?: (?:that|it|everything))?|kindness|advice|update|explanation|"
    r"all|chatting(?: with me)?|talking(?: (?:to|with) me)?|(?:call|calling)(?: (?:me|us|back|to (?:check|let me know)))*|nothing|letting me know|your (?:quick|kind) (?:help|reply))(?: (?:today|and (?:time|help|patience|support)|though|anyway|me))*",
    r"you are (?:(?:very|so|too|really|just|such) )*(?:kind|helpful|sweet|the best|a star|an angel|a life ?saver|a legend|a gem|a doll|amazing|awesome|wonderful|great)",
    r"(?:that|this|it) (?:is|was|has been|is all) (?:(?:very|so|really|super|most|extremely|a) )*(?:helpful|kind of you|useful|great help|big help|kind)",
    r"(?:very|so|really|most) (?:kind|helpful|useful)(?: of you)?",
    r"(?:you (?:are |were )?)?(?:a )?(?:great|big|real|huge|massive) help",
    r"(?:i am |we are )?(?:so |very |really )?(?:thankful|grateful)(?: for (?:everything|all|it|that|your help|the help|what you did for me))?(?: you (?:gave|provided|have given)(?: to)? me)?",
    r"you (?:have )?helped(?: me)?(?: (?:so much|a lot|a great deal|out))*",
    r"(?:great|good|nice|excellent) service",
)
