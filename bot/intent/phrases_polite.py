"""Phrases that any turn may carry without changing what it wants."""

_MUCH = (
    r"(?: (?:so much|much|you very much|you so much|so very much|very much|ever so much|ever so|a lot|lots|a million|a bunch|a ton|again|kindly|very kindly|"
    r"indeed|though|anyway|all the same|dear|for now))*"
)
VOCATIVE = (
    r"(?:my )?(?:dear|love|lovely|darling|honey|hun|hon|sweetie|sweetheart|mate|buddy|pal|man|dude|bro|sir|madam|miss|lady|"
    r"friend|guys|folks|duck|pet|hen|lass|lad|young (?:man|lady)|everyone|all right love)"
)
COURTESY: tuple[str, ...] = (
    rf"(?:many |big |thanks )?(?:thanks|thank you|thank|cheers|ta){_MUCH}",
    r"please(?: and thank you)?",
    r"(?:i am |so |very |terribly )*sorry(?: about (?:that|this))?",
    r"excuse me",
    VOCATIVE,
    r"(?:god )?bless(?: (?:you|your heart|you all))?",
    r"if you (?:do not|would not) mind",
    r"if (?:that is|it is|you) (?:ok|all right|please)",
    r"with pleasure",
    r"forgive me",
)
PRAISE_WORD = (
    r"(?:great|perfect|wonderful|lovely|brilliant|super|awesome|excellent|fantastic|cool|good|fine|nice|amazing|grand|"
    r"smashing|sweet|fab|fabulous|marvellous|marvelous|terrific|splendid|beautiful|ideal|superb|champion|magic|class|stellar)"
)
PRAISE: tuple[str, ...] = (
    rf"(?:very |really |so |just |absolutely |pretty |all )*{PRAISE_WORD}(?: (?:stuff|news|one|to know|to hear))?",
    r"(?:that|this|it) (?:is|was) (?:very |really |so |just |absolutely |pretty |all |quite )*(?:great|wonderful|lovely|brilliant|super|"
    r"awesome|excellent|fantastic|nice|amazing|grand|smashing|fab|fabulous|terrific|splendid)(?: (?:news|to (?:know|hear)))?",
)
ACKNOWLEDGEMENT: tuple[str, ...] = (
    r"(?:ok|okie|okie dokie|oki|okey dokey|okie doke)",
    r"all right(?: then)?",
    r"right(?:o| o| then| you are)?",
    r"righty ?o?",
    r"uhhuh",
    r"mmhm",
    r"i see",
    r"(?:i )?(?:have )?(?:got|get) (?:it|that|you|ya)(?: down| now)?",
    r"(?:i )?(?:have )?(?:wrote|written|noted|jotted) (?:it|that)(?: all)?(?: down)?",
    r"gotcha",
    r"noted",
    r"(?:i )?(?:understand|understood)",
    r"fair enough",
    r"very well",
    r"makes sense",
    r"roger(?: that)?",
    r"copy that",
)
SOFT_DOUBT: tuple[str, ...] = (
    r"i (?:would )?(?:think|guess|suppose|believe|reckon|imagine|feel like)",
    r"kind of",
    r"sort of",
)
FILLER: tuple[str, ...] = (
    r"(?:well|so|oh|then|now|and|look|listen|just|really|actually|like|anyway|anyways|honestly|basically|hey|hi|hello|yo|"
    r"too|also|though|indeed|here|literally|simply|ever|ha|haha|aw|aww|wow|gosh|gee|man oh man|yay|phew|ooh|o|sorted|"
    r"super|truly|alas|come on)",
    r"i mean",
    r"you know(?: what)?",
    r"(?:for|at) (?:now|today|tonight|me|us|the moment|the time being|this (?:time|moment)|the day)",
    r"(?:right |just )now",
    r"(?:right|straight) away|immediately|as soon as possible|oops|whoops|uh oh|ooh",
    r"(?:today|tonight|at all|as well|in fact|to be honest|to be fair|after all|in that case|all in all|so far)",
    r"as a matter of fact",
    r"as far as i (?:know|can tell)",
    r"let us see",
    r"oh (?:my (?:god|gosh|goodness|word|lord|days)|my|dear|boy|lord|god)",
    r"(?:my|good) (?:god|gosh|goodness|word)",
    r"for (?:god|gods|heaven|heavens|christ|crying out) ?(?:sake|loud)?",
    r"for the love of god",
)
_BUSY = (
    r"(?:busy|driving|at work|working|in (?:a|the|another) (?:meeting|hurry|rush|shop|store|car)|out|late|running late|cooking|on the (?:bus|"
    r"train|road|other line|move)|about to (?:leave|board|start|eat|get on)|not alone|with (?:a )?(?:customers?|clients?|patients?|family))"
)
REASON: tuple[str, ...] = (
    rf"(?:i am|we are) (?:a bit |quite |kind of |really |very |just |actually |currently )*{_BUSY}(?: (?:right now|now|at the moment|today))?",
    r"(?:someone|somebody|my \w+|the \w+|it) (?:is|has) (?:just )?(?:here|at (?:the|my) door|calling(?: me)?|crying|barking|ringing|waiting"
    r"|on the table|ready|arrived|come in|come|coming|outside|up|starting|about to start|getting cold|leaving)(?: (?:now|for me|in))?",
    r"(?:i |we )?(?:have|have got|got) (?:a|an|another|my) (?:\w+ )?(?:meeting|call|appointment|class|visitor|customer|client|patient|"
    r"train|bus|flight|delivery)(?: (?:now|coming(?: in| up)?|soon|starting|to (?:get to|catch|go to|make|take)|in (?:a|five|ten|two) "
    r"minutes?|waiting|on the other line))*",
    r"i (?:am )?(?:getting|get) (?:a|another|an incoming) call",
    r"i (?:really )?(?:do not|have not|have no|do not have|have not got)(?: (?:really|have|got))*(?: the| any| much)? time"
    r"(?: for (?:this|that|it)| right now| now| today| at the moment)*",
    r"i can not (?:really )?(?:talk|speak|chat)(?: (?:right now|now|at the moment|here|long|for long))*",
    r"(?:this|it|now) is (?:not a good time|a bad time|not the best time)",
    r"(?:not|bad) a? ?(?:good )?time",
    r"(?:i (?:have|must have|think i have|think i) )?(?:got |have |dialed |dialled )*(?:the |a )?wrong number",
    r"i (?:mis ?dialed|mis ?dialled|called the wrong (?:place|number|one))",
    r"(?:i am )?(?:really |still )?not (?:really )?interested(?: in (?:it|that|this|anything))?",
    r"(?:i |we )(?:will|need to|have to|want to|would like to|am going to|got to|should|might|will have to|would have to|better)"
    r" (?:just )?(?:think (?:about it|it over|on it|it through|about this|this over)|sleep on it|discuss (?:it|this)|consider it|"
    r"(?:talk|speak)(?: it over| about it| this over)?(?: (?:to|with) (?:my|the) (?:\w+ )?\w+)?|check (?:my|with my|with the) \w+|"
    r"ask (?:my|the) \w+)(?: first)?",
    r"this (?:is|was) (?:useless|ridiculous|a waste of (?:my )?time|pointless|hopeless|stupid|a joke|getting nowhere)",
    r"(?:you are|this is) (?:wasting my time|no help|useless|not helping|hopeless)",
    r"stop calling(?: me| us| here)?",
    r"do not (?:ever )?(?:call|ring|phone|contact)(?: me| us| here)?(?: again| any ?more| back| ever)*",
    r"i am (?:done|finished|through|fed up) with (?:this|you|it|you people)",
    r"i have had enough(?: of (?:this|you|it))?",
)
"""Why somebody has to leave or wait; says nothing about the matter of the call."""
