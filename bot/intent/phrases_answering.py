"""Phrases that answer a question with yes or no."""

from bot.intent.phrases_polite import PRAISE_WORD

_THAT = r"(?:that|this|it|which|those|these|either|that one|this one|the time|everything|all of it|all of that)"
_VERY = r"(?:(?:just|very|really|so|absolutely|perfectly|totally|completely|quite|all|pretty|definitely|certainly|still) )*"
YES_WORD: tuple[str, ...] = (
    r"(?:yes|yeah|yep|yup|yea|yah|yeh|aye|yessir|yessum|ja|si|yass|yeap|yuppers|yeppers|affirmative)",
    r"sure(?: (?:thing|am|do|did|is|can|will|would|was|have|are))?",
    r"why (?:yes|yeah|sure|not)",
    r"of course(?: (?:yes|you can|you may|i can|i do|it is))?",
    r"(?:absolutely|definitely|certainly|totally|exactly|precisely|indeed|surely|naturally|obviously|positively|undoubtedly)(?: yes)?",
    r"(?:correct|true|affirmative|bingo|amen)",
    r"for sure",
    r"(?:one )?(?:a )?hundred (?:and ten )?percent",
    r"(?:hell|heck|oh|god|damn|fuck) (?:yes|yeah)",
    r"(?:you )?(?:betcha|bet)(?: ya| you)?",
    r"you bet(?: you)?",
    r"by all means",
    r"without (?:a|any) doubt",
    r"without question",
    r"(?:but|why) of course(?: you (?:can|may))?",
)
_DO = (
    r"(?:do|book|send|place|confirm|order|schedule|cancel|add|make|reserve|keep|leave|use|try|take|sign|set|put|email|text|change|"
    r"update|charge|process|submit|arrange|hold|call|proceed with|go with|go for|finish|start|continue with|lock|save|activate|renew|get)"
)
AGREEMENT: tuple[str, ...] = (
    r"(?:please |just |you (?:can|may) |ok )*(?:go|carry) (?:right |straight )?(?:ahead|on)(?: (?:then|and (?:do|book|ask|send|place|confirm) (?:it|that|them)|with (?:it|that)|and ask(?: away)?|with the booking))*",
    r"(?:just )?go for it",
    r"(?:please |you may |you can )?proceed",
    r"(?:fire|ask|type) away",
    r"shoot",
    r"(?:yes )?please do(?: (?:so|that|it))?",
    r"do (?:it|that|so)",
    r"(?:let us|we can|you can|you may|i will|we will) (?:do|go with|go for|take|try|book|say) (?:it|that|this|that one|those)",
    r"let us (?:go|do this|roll|get it done)",
    r"(?:book|reserve|lock|sign|put) (?:it|me|us|that)(?: (?:in|up|down))?",
    r"i will take (?:it|that|that one)",
    rf"(?:that |it |this |which |all |all of that )?(?:sounds?|looks?|seems?) (?:{_VERY})(?:{PRAISE_WORD}|ok|all right|right|correct|like a plan|about right|reasonable|fair|ideal)(?: (?:to|for|with|by) (?:me|us))?",
    rf"{_THAT} (?:{_VERY})(?:works?|suits?|does|would work|will work|should work|can work|would do|will do|would suit|should be (?:fine|ok|good))(?: (?:me|us))?(?: {_VERY[:-1]})?"
    r"(?: (?:well|great|perfectly|perfect|fine|nicely|just fine|for (?:me|us)|best))*",
    r"(?:works?|suits?|good|fine|ok|great|perfect|cool|all right) (?:for|by|with) (?:me|us)",
    rf"{_THAT} (?:would be|will be|should be) {_VERY}{PRAISE_WORD}(?: (?:with|by|for|to) (?:me|us))?",
    rf"(?:{_THAT} )?(?:is|are|would be|will be) {_VERY}(?:perfect|good|fine|lovely|ok|all right|right|correct|true|acceptable|accurate|appreciated|ideal|no problem|not a problem|helpful|convenient|appreciated|a good idea|a date)"
    r"(?: (?:with|by|for|to) (?:me|us))?",
    r"(?:i am|we are) (?:ok|fine|good|happy|cool|all right|comfortable) (?:with|to do|for) (?:that|it|this)",
    r"(?:i am|we are) happy (?:to|for you to)(?: (?:do (?:that|so|it)|wait|hold|help))?",
    r"happy to(?: (?:wait|hold|help|do that))?",
    r"(?:gladly|with pleasure|my pleasure|willingly|be my guest|why not|deal|done deal|agreed|approved|confirmed|granted|works|spot on|right on|too right|damn right|that is the one|you got it|on point)",
    r"(?:i|we) (?:would|should) (?:really |very much |definitely |certainly |actually |so )*(?:love|like|appreciate|want)(?: (?:to|that|it|this|one|very much))*",
    r"(?:i|we) (?:would|do|am|have|did|will|can|could|was|are|were|had|shall|should)(?: (?:actually|indeed|please|definitely|certainly|yes|so|too|still))*",
    r"(?:it|he|she|they|there|you|this|that) (?:is|does|did|has|do|are|have|was|were|will|would|can)(?: (?:indeed|yes|actually|so|still))*",
    r"you (?:got|have|have got|heard|understood|had) (?:it|that|me|everything|all that|all of it)(?: (?:right|correct|perfectly|correctly|down))?",
    r"(?:i|we) (?:can )?(?:confirm|agree|accept|consent|approve|authorize|authorise|understand and agree)(?: (?:that|it|to (?:that|it|this)|with (?:that|it|you)))?",
    r"(?:i am |we are )(?:all )?(?:here|with you|on board|in|down|game|up for (?:it|that)|interested|all ears|available|free|sure)(?: (?:now|for (?:it|that)|then))*",
    r"(?:i am |we are |all )?(?:ready|listening|all ears)(?: (?:when(?:ever)? you are|now|for (?:it|that)|to go|then))*",
    r"(?:i am |we are )?still (?:here|with you|listening|on the line|interested)",
    r"i (?:do not see|see no|can not see) (?:why not|a problem|any problem|any reason not to|no problem)",
    r"(?:i have |there is )?no (?:objections?|objection from me|issue|issues|complaints)(?: (?:with (?:it|that)|from me|here|at all))*",
    r"(?:i |we )?(?:really )?(?:do not|would not) mind(?: (?:at all|it|that|if you do|one bit|doing that|waiting|holding))*",
    r"(?:sign|count) me (?:up|in)",
    r"(?:tell|give) me more",
    r"if you (?:could|would|can|will|like|want|wish|insist)(?: (?:please|be so kind|do that))*",
    r"(?:thats |that is )?(?:me|him|her) (?:speaking)",
    r"speaking",
    r"(?:it is |that is )?(?:still |exactly |all )*(?:the )same(?: one)?",
    r"(?:that|this|it) is (?:exactly |just |precisely )?what (?:i|we) (?:would like|would have liked|ordered|want|wanted|need|needed|said|meant|asked for|am looking for|was looking for)",
    r"(?:very|so|most|absolutely) true",
    r"(?:accepted|confirm|all confirmed|facts|it checks out|that checks out|no doubt|most definitely|most certainly)",
    r"(?:that is |that would be |it is |a )*(?:a )?(?:definite|resounding|big|hard|firm|solid|huge|absolute) yes",
    r"(?:yes )?that is (?:a )?(?:yes|fact|affirmative)",
    r"take your time",
    r"you (?:may|can)(?: (?:do (?:that|so)|yes))?",
    r"(?:i|we) have got (?:one|it|mine|them|that)(?: (?:right here|here|ready|with me|now))*",
    r"(?:i|we) (?:do )?(?:have|have got|got|can spare) (?:a|one|some|a few|two|five|a couple of|plenty of) (?:seconds?|minutes?|moments?|time)(?: (?:or two|now|to talk|for you|spare|right now|free))*",
    r"(?:i )?can (?:hold|wait)",
    r"(?:it is |that is )?(?:a )?(?:yes|green light|thumbs up|done deal|date)",
    r"yes siree?",
    r"i (?:would )?say yes",
    r"(?:that|it) (?:helps|would help|will help|does help|will really help|would really help)(?: (?:me|a lot|so much|out))*",
    r"(?:that|it) (?:did|does|has)(?: (?:yes|indeed|thanks|help|work))?",
    r"(?:whatever|anything) (?:works|you (?:say|think))(?: (?:for you|is best))?",
    r"(?:i |we )(?:would )?(?:love|like) (?:it|that|this)",
    r"(?:that|it|you) (?:is|are) (?:correct|right)",
    r"(?:thats |that is )?how (?:i|it) (?:want|like|should be)(?: it)?",
)
NO_PROBLEM: tuple[str, ...] = (
    r"(?:it is |that is |that would be |it would be |sure |there is |absolutely )?(?:no|not a|not any|not an) (?:problem|worries|worry|trouble|bother|biggie|issue|hassle|probs|sweat|big deal|stress|rush|harm)(?: (?:at all|whatsoever|with (?:that|it|me)|here|for me|"
    r"mate|in that|i can (?:wait|hold)))*",
    r"(?:it is|that is) (?:ok|all right|fine|no bother)",
)
NOT_AT_ALL: tuple[str, ...] = (
    r"not (?:at all|in the (?:slightest|least)|one bit|a bit|in any way|even slightly)",
    r"of course not",
    r"(?:certainly|absolutely|definitely|obviously|surely) not",
)
NO_WORD: tuple[str, ...] = (
    r"(?:no|nope|nah|naw|nae|nay|na|naa|nop|nein|non|never|negative|negatory|nuh)(?: (?:sir|siree|madam|way jose|way|ways|ta))*",
    r"(?:hell|heck|god|oh|fuck|oh god|oh hell) (?:no(?:pe)?|nah)",
    r"no (?:chance|need|need to|interest|deal|dice)(?: (?:at all|for (?:that|it|this)|to (?:do (?:that|it)|bother|worry)|really))*",
)
_CANT = r"(?:can not|could not|will not|would not|do not|did not|am not able to|am unable to|not able to|am not going to|am not|have not|had not|did not|may not|should not|must not|is not|was not|does not|has not|are not|can no)"
_ANY = r"(?:it|that|this|one|them|any|those|these|any of (?:it|that|them)|anything like that|either|it done|you to|more|another|a \w+|any \w+)"
REFUSAL: tuple[str, ...] = (
    rf"(?:i|we) (?:really |still |actually |just |simply )*{_CANT}(?: (?:really|think|want|need|like|care for|have|do|make|believe|take|accept|afford|use|agree|wait|hold|wish))*(?: (?:to|{_ANY}|so|be|do|for that|to do that|sorry|to hear|for))*",
    r"(?:(?:it|that|this|he|she|they|you|there|which|thursday|the \w+) )(?:really |still |actually |just )*(?:is|was|did|does|has|do|are|have|were|will|would|can|could|should)(?: still| really| just)* not"
    r"(?: (?:really|quite|going to|at all|it|working|work|works|helped|help|fix|fixed|ok|good|correct|right|true|accurate|possible|me|fine|acceptable|"
    r"what i (?:said|want|wanted|asked(?: for)?|meant|need)|for me|suit|convenient|be|do|necessary|needed|happen|happening|so|needed|interested|come|arrive|here|available|"
    r"the (?:right|correct) \w+|my \w+|mine|yet|answer|that|anything))*(?: (?:for|with|to) (?:me|us))?",
    r"(?:please |just |so )*(?:do|did) not(?: (?:do|book|send|place|want|cancel|bother|worry|call|need|change|confirm|add|order|put|charge|transfer|think|like|go ahead|proceed|use|make|touch|sign))*"
    r"(?: (?:it|that|this|so|me|them|anything|the \w+|my \w+|yet|with (?:it|that|this)|to|up|up for (?:it|that|anything)))*",
    r"(?:i |we )?(?:would |had |should )?(?:rather|prefer|better|prefer to)(?: (?:it|that|you|if you))* (?:did |do |to |would |could )?not(?: (?:to|do (?:that|it|so)|really))*",
    r"(?:i |we )(?:think |guess |believe )?(?:i |we )?(?:will|would|am going to|have to|must) (?:have to |just |rather |probably )*(?:pass|skip|decline|refuse|leave (?:it|that)|say no|reject|opt out|do without|go without|give (?:it|that) a miss|not)"
    r"(?: (?:on (?:that|it|this)|it|that|this|to that|one|out))*",
    r"(?:pass|hard pass|skip (?:it|that|this)|declined?|decline that|thumbs down)",
    r"(?:i )?(?:have|got) to (?:decline|pass|say no|refuse)",
    r"(?:just )?(?:cancel|scrap|forget|drop|scratch|leave|skip|undo|ignore|nix|reverse)(?: (?:it|that|about (?:it|that)|this|all that)(?: as it is)?)?",
    r"never ?mind(?: (?:that|it|about (?:it|that)))?",
    r"not (?:really|now|today|right now|just now|this time|at this (?:time|moment|point)|at the moment|for me|for us|yet|just yet|exactly|quite|particularly|necessarily|interested|so much|correct|right|true|"
    r"good|ok|going to (?:work|happen)|a chance|a good (?:time|idea|day)|ever|in a million years|on your life|my (?:thing|cup of tea)|needed|necessary|possible|tonight|this \w+|that (?:i|one|day|time)|for now|"
    r"(?:a )?fan(?: of (?:it|that))?|even close|the case|me|anymore|any more|likely|him|her)(?: (?:for (?:me|us)|in (?:it|that|this|them)|of (?:it|that)|with me|i am afraid))*",
    r"(?:really |still |probably |maybe |perhaps |better |i would say |i guess |i think |unfortunately |sadly |preferably |ideally |i am afraid |afraid |apparently |rather )+not",
    r"(?:some|any) other (?:time|day)",
    r"(?:maybe )?(?:another|some other) (?:time|day)(?: (?:maybe|perhaps))?",
    r"(?:that is |it is |this is |you are |all |completely |totally |you have it |you got it |you have got it )*(?:wrong|incorrect|mistaken|false|inaccurate|off|a mistake|an error|no good|impossible|out of the question|unacceptable|too (?:expensive|much|early|late|far|soon|long))",
    r"(?:(?:it|that|this|\w+day) )?(?:is )?(?:no|not) (?:good|use|possible|correct|right)(?: (?:for|to) (?:me|us))?",
    r"i (?:no|not) (?:want|like|need|can|do|wish|agree|accept|interested)(?: (?:it|this|that))?",
    r"(?:i am |we are )?(?:not|no longer|really not)(?: \w+)? interested(?: in (?:that|it|this|anything|any of (?:it|that)))?",
    r"i do not (?:think|believe|feel) (?:that |it |this |i |we )?(?:is|will|would|works?|does|can|could|should)?(?: (?:going to|be|work|right|correct|possible|suit|make|do|help|need|necessary|want|it|that|so|for me|me))+",
    r"(?:that|this|the) \w+ (?:is|does|will|would|was) not (?:good|work|ok|possible|convenient|suit|right|correct|available|fine|going to work)(?: (?:for|with) (?:me|us))?",
    r"let us (?:not|skip (?:it|that)|leave (?:it|that))(?: (?:do (?:that|it|this)|bother|for now))*",
    r"(?:please )?(?:hold off|wait)(?: on (?:that|it|this))",
    r"(?:please )?hold off",
    r"(?:do not|no|not) bother(?: (?:with (?:it|that)|about (?:it|that)))?",
    r"(?:i |we )?(?:disagree|refuse|object|decline|mind)",
    r"(?:i |we )(?:do|would|really would|actually do|do actually|would actually) mind",
    r"(?:thanks|thank you)(?: (?:so much|very much))? but no(?: (?:thanks|thank you|thank you very much))?",
    r"(?:i )?(?:have|had) never(?: (?:been|done|used|had|heard)(?: (?:it|that|there|one|before))*)?",
    r"(?:i am )?(?:unable|not able)(?: to)?(?: (?:do|make) (?:it|that))?",
    r"no can do",
    r"(?:i am |we are )?against (?:it|that)",
    r"over my dead body",
    r"nothing doing",
    r"(?:me )?neither(?: (?:of them|one))?",
    r"\w+ (?:does|do|will|would) not (?:work|suit|fit)(?: (?:for|with) (?:me|us)| me| us)?",
    r"(?:\w+ )?(?:is|are) no good(?: (?:for|to) (?:me|us))?",
    r"not (?:that|this) \w+",
    r"(?:we |i )(?:already have|have already got|already got) (?:one|it|that|those|some)(?: (?:already|thanks|right here))*",
    r"(?:sorry )?(?:can|could) not (?:do|make|manage|come)(?: (?:it|that|this|then|mornings?|afternoons?|evenings?|weekends?|\w+day|\w+days))*",
    r"(?:i said|the answer is|it is a|that is a|i say|that would be a|it would be a|i am saying|i meant|a|my answer is)(?: (?:hard|definite|big|firm|absolute|solid|clear))? (?:no|negative)(?: (?:from me|to that))*",
    r"(?:hard|definite|big|firm) no(?: from me)?",
    r"(?:that|it|this) (?:is|was|would be) (?:absolutely |completely |totally |just )?(?:false|untrue|erroneous|the wrong answer|not so|a lie|a mistake|negative)",
    r"(?:nada|false|untrue|not happening)",
    r"unfortunately(?: not| no)?",
    r"(?:i am )?afraid (?:not|no|(?:i|we|that|it) (?:can|could|will|would|does|do|is) not(?: (?:do|make|work|come|take) (?:it|that|this)?)?)",
    r"i doubt it",
)
