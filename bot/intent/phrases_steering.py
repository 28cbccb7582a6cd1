"""Phrases that steer the agent's speech: say it again, or be silent and wait."""

_IT = (
    r"(?:that|it|this|what you (?:just )?said|what you were saying|yourself|that (?:part|bit|last (?:part|bit|one)|thing)|the (?:last|first|previous|final|whole) (?:part|bit|thing|sentence|one|line|question|word|piece|section)"
    r"(?: you said)?|the (?:question|options?|choices|message|sentence|last|whole thing|end|beginning|instructions)|your (?:last )?(?:question|sentence|answer|words|statement)|them|those|everything|all (?:of )?that|all that|what (?:it|that) was)"
)
_AGAIN = (
    r"(?: (?:slow|again|once more|one more time|one last time|a second time|another time|over|over again|back|back to me|to me|for me|for us|me|more|slowly|more slowly|a bit slower|a little slower|slower|but slower|a bit|"
    r"please|louder|a little louder|more clearly|clearly|in (?:a )?simpler? (?:words|terms|way)|real quick|quickly|if you (?:can|could|do not mind)))*"
)
_ASK = (
    r"(?:(?:can|could|would|will|may|might) (?:you|i)(?: (?:please|just|possibly|kindly|maybe|ask you to|get you to|have you|have to ask you to))*|"
    r"would you (?:mind|be able to)|(?:do|would) you mind|you will have to|you have to|you are going to have to|i (?:need|want|would like) you to|i will need you to|"
    r"please|kindly|just|let us|is it possible to|any chance you (?:can|could)|mind|you can|you could|you please|can|could)"
)
REPEAT: tuple[str, ...] = (
    rf"(?:{_ASK} )*(?:please )?(?:repeat|repeating|re ?say|restate|rephrase|reiterate)(?: {_IT})?{_AGAIN}",
    rf"(?:{_ASK} )*(?:please )?(?:say|saying|tell|telling|read|reading|give|go over|go through|run|ask|explain|play|spell|go back over|run through|state|speak|talk|let me (?:have|hear)|go back to|go back)(?: (?:me|us|it|to me))?(?: {_IT})?(?: (?:by|past) me)?"
    r" (?:again|once more|one more time|once again|a second time|another time|over again|back to me|back again)"
    + _AGAIN,
    rf"(?:{_ASK} )*(?:repeat|say|re ?read) (?:again|once more|one more time)" + _AGAIN,
    r"(?:just )?(?:once (?:more|again)|one more time)" + _AGAIN,
    r"(?:again|come again|say again|once again)(?: (?:please|slowly|slower|more slowly|love|for me|to me))*",
    r"(?:and |so |wait |ok )?what (?:did|do|were|was|are|have|had|is it|was it) (?:it )?(?:that )?(?:you|it|ya)(?: (?:just|even|actually))*(?: (?:say|said|saying|ask|asked|asking|mention|mean to say|telling me|tell me|talking about|call it))(?: (?:there|again|just now|just then|to me|me|before|at the end|"
    r"about that|the (?:last|first) time))*",
    r"what (?:the (?:hell|heck|fuck) )?(?:did|were|was|would) you (?:just )?(?:say|saying|said)(?: (?:again|just now|there|just then))*",
    r"what (?:was|is|has been) (?:just )?(?:said|that last thing)(?: (?:again|just now|there|you said))*",
    r"(?:can|could|would|will) you (?:please )?(?:tell me|say|repeat|replay|go over) what (?:you|it) (?:just )?(?:said|were saying|asked)(?: (?:again|please))*",
    r"(?:replay|repeat|rehash) what you (?:just )?said(?: (?:again|please))*",
    r"(?:i )?(?:would like|want|need)(?: to have)? (?:that|it|this) (?:said|repeated|stated)(?: (?:again|for me|once more|to me))*",
    r"(?:could|can|may|would) (?:that|it|this) be (?:repeated|said again)(?: please)?",
    r"(?:can|could|would|will) you (?:please )?(?:phrase|ask|put|state|word) (?:that|the|it|your)(?: \w+)? (?:again|differently|another way|one more time)(?: please)?",
    r"(?:what|which) question did you (?:just )?ask(?: me)?",
    r"(?:you )?(?:say|said) what(?: (?:now|again))?",
    r"what (?:was|is|were) (?:that|it|this|the question|the last (?:part|bit|thing|one|word|number|question|sentence)|the first (?:part|bit|thing|one)|your question|that last (?:part|bit|one|thing))(?: (?:you said|again|please|sorry|you (?:just )?asked|you were saying))*",
    r"what was (?:that|the) (?:number|name|address|time|date|code|word|figure|price|email|day|part|bit|amount|website|thing|reference|reference number|total|phone number|order number|confirmation number|street|gate|option|second one|first one|last one)(?: (?:again|you (?:just )?said|please))*",
    r"what did you say (?:the|that) (?:number|name|address|time|date|code|price|email|day|amount|website|reference|total)(?: (?:was|is))?(?: again)?",
    r"(?:(?:can|could|would|will) you )?(?:please )?(?:give|tell|read|spell) (?:me|us|out)? ?(?:that|the) (?:\w+ )?(?:number|name|address|time|date|code|price|email|reference|part|bit|word) (?:again|once more|one more time|back)(?: please)?",
    r"(?:(?:can|could|would|will) you )?(?:please )?(?:repeat|say) (?:that|the) (?:\w+ )?(?:number|name|address|time|date|code|price|email|reference|part|bit|word)(?: (?:again|once more|one more time|back|please|for me))*",
    r"(?:that|the) (?:last )?(?:number|name|address|code|bit|part|one) (?:again|one more time|once more)(?: please)?",
    r"(?:what|which) \w+ was (?:that|it)(?: again)?",
    r"(?:what|which) \w+ is (?:that|it) again",
    r"that was what(?: again)?",
    r"what(?: (?:now|again|sorry|please|was that|is that))*",
    r"(?:huh|eh|hey what|wha|whats that|come again|what what|how is that|how was that|how do you mean sorry|say that)",
    r"(?:i )?(?:do )?(?:beg )?(?:your )?pardon(?: (?:me|what))?",
    r"(?:i )?(?:am )?(?:so )?(?:sorry )?(?:i )?(?:did not|could not|can not|do not|not|did n|was not able to|was unable to|never)(?: (?:quite|really|fully|even|actually|properly))*"
    r" (?:catch|caught|hear|heard|get|got|understand|understood|make (?:that|it|you|this|any of that) out|make out|follow|pick up|grasp)(?: (?:you|that|it|any of (?:that|it)|a (?:word|thing)|a word of (?:that|it|what you said)|all (?:of )?that|what you (?:just )?(?:said|were saying)|what (?:was|that was|you said)|the (?:last|first|end|rest|whole|middle|question)"
    r"(?: (?:part|bit|thing|sentence|of that|one|word|of it|few words))*|that (?:last )?(?:part|bit|one|thing|number|name)|anything(?: you said)?|everything|your (?:last )?(?:question|sentence|words)|out|the \w+|very well|clearly|well|there|properly|very clearly|sorry|out what you said))*",
    r"(?:i )?(?:must have |have |think i |kind of |totally |completely )?(?:missed|lost|mis ?heard)(?: (?:that|it(?! yesterday| last| at| on| in)|you|what you (?:just )?(?:said|were saying)|the (?:last|first|end|rest|beginning)(?: (?:part|bit|thing|sentence|of that|word|of it))*|that last (?:part|bit|one|thing)|that (?:part|bit)|some of (?:it|that)|"
    r"part of (?:it|that)|half of (?:it|that)|all of that|a bit of that|your (?:question|last sentence)|the question|there|for a (?:second|moment|minute)|everything you said|all that))+",
    r"you (?:just |sort of |kind of |have |are |were |totally )*(?:cut|broke|dropped|faded|cutting|breaking|dropping|fading|went|going|froze|glitched|cutted|broken|mumbling|mumbled|sounded|sound)(?: (?:out|up|off|in and out|quiet|silent|garbled|muffled|there|for a (?:second|moment|minute)|a bit|a little|on me|away|like a robot|robotic|"
    r"all|again))*",
    r"(?:i )?(?:only|just) (?:heard|caught|got)(?: \w+){1,4}",
    r"(?:could|can) (?:i|you) (?:get|have|hear) (?:that|it|that last (?:part|bit|one)|the last (?:part|bit|one|number))(?: (?:again|one more time|once more|back))+(?: please)?",
    r"(?:i )?(?:need|want|would like) (?:to hear |you to repeat |you to say )?(?:that|it|this) (?:again|repeated|one more time|once more)",
    r"(?:repetition|repeat|replay|rewind)(?: please)?",
    r"you lost me(?: there)?",
    r"what are you (?:asking|saying|talking about)",
    r"(?:can|could) you (?:go back|back up|rewind|start (?:over|again)|start from the (?:beginning|top))(?: (?:a bit|a little|a second|please|from the (?:beginning|top|start)))*",
    r"(?:start|from the) (?:over|again|top|beginning)(?: please| again)*",
)
TROUBLE_HEARING: tuple[str, ...] = (
    r"(?:the |this |my |your |our )?(?:line|connection|signal|reception|phone|sound|audio|voice|call)(?: (?:is|was|just|has|went|got|keeps|kept|are|sounds|sounded|been|a bit|a little|really|very|so|pretty|terrible|bad|poor|awful|weak|dropped|dropping|cut|cutting|breaking|broke|out|up|in and out|crackling|"
    r"crackly|noisy|funny|for a (?:second|moment)|there|quiet|fuzzy|lagging|glitching|choppy|gone|dead|silent|not (?:good|great|clear|so good)|on (?:me|my end|your end)))+",
    r"(?:i am |i have |i wear )?(?:(?:a bit|a little|quite|very|really|slightly|going|getting|half) )*(?:deaf|hard of hearing|hearing problems?|a? ?hearing aids?)",
    r"my (?:hearings?|ears) (?:(?:is|are|not|so|too|very|really|a bit|going|getting) )*(?:bad|good|great|poor|terrible|what (?:it was|they were|it used to be))",
    r"it (?:is|was|got|went) (?:(?:very|really|so|too|a bit|a little|quite) )*(?:noisy|loud|silent|quiet)(?: (?:here|in here|there|for a (?:second|moment)|around me))*",
    r"(?:there is|there was) (?:(?:a lot of|too much|some|a|so much) )?(?:noise|background noise|echo|static|traffic|lag|delay)(?: (?:here|on the line|around me))*",
    r"(?:i was|i got|i am)(?: (?:just|a bit|a little))* (?:distracted|not listening|miles away|elsewhere|not paying attention)",
    r"a (?:truck|lorry|train|car|plane|bus|siren|motorbike|helicopter)(?: (?:just|was|went|passed|drove|by|past|passing|going|came))+",
    r"my (?:kid|kids|son|daughter|baby|dog|husband|wife)(?: (?:was|were|is|are|just|distracted|talking|shouting|screaming|crying|barking|to|interrupted|me))+",
    r"(?:speak|talk)(?: (?:properly|clearly|louder|up|slower|more slowly|slowly))+",
    r"(?:a bit |a little |please |more |but )*(?:slower|slowly|louder|clearer)(?: please)?",
    r"too (?:fast|quick|quiet|quickly)",
    r"you (?:talk|speak|are|were|are talking|are speaking|were talking|were going|go) too (?:fast|quick|quickly|quiet|quietly|low)(?: for me)?",
)
_UNIT = r"(?:seconds?|minutes?|moments?|tick|ticks|jiffy|mo|secs?|momento)"
_COUNT = r"(?:a|one|just a|just one|half a|two|a couple(?: of)?|a few|another|one more|five|ten|thirty|a quick|a tiny|a wee|a little|a small|a short|like a|a hot|a brief|1|2|5|10|30|couple|few|the)"
_FOR = rf"(?: (?:(?:for )?{_COUNT}(?: (?:little|tiny|quick|wee|more))? {_UNIT}|please|there|on|up|now|right (?:there|here|now)|just|a sec|for me|it|your horses|the (?:line|phone|thought)|that thought|dear|love|here|with me|me|while i \w+(?: \w+){{0,6}}|until i \w+(?: \w+){{0,6}}|so i can \w+(?: \w+){{0,5}}))*"
_THING = (
    r"(?:a |my |the |some |something |his |her |our |it |that |this |on |up |to |with |for |down |at |about |what |where |in |if |of |and )*(?:pen|pencil|paper|card|calendar|diary|wallet|glasses|number|schedule|phone|purse|bag|door|reading glasses|notebook|notes?|details?|email|bill|invoice|letter|computer|laptop|account|write with|write on|write|"
    r"charger|husband|wife|mum|mom|dog|document|form|contract|policy|papers|paperwork|planner|agenda|oven|kids?|car|list|file|reference|statement|license|licence|id|see|look|inbox|app|time|somewhere quiet(?:er)?|quieter|outside|that|it|this|one|them|here|there|again)"
)
STOP: tuple[str, ...] = (
    rf"(?:please |just |can you |could you |will you |would you |you |now |everyone |everybody )*(?:please |just |kindly )*(?:stop|wait|hold on|hang on|hold up|hold it|hold (?=please|the line|your|that|for)|pause|freeze|halt|desist|cease|stay (?:there|with me|on the line)|hold|standby|stand by){_FOR}",
    rf"(?:(?:please|just|can you|could you|will you|you|need to|would you|to) )*(?:give|gimme|allow|grant|spare) (?:me|us) {_COUNT}(?: (?:little|tiny|quick|wee|more|small))? (?:{_UNIT}|chance|break|breather)(?: (?:to \w+(?: \w+){{0,4}}|please|here|while i \w+(?: \w+){{0,5}}|thanks))*",
    rf"(?:i )?(?:just )?(?:need|want|would like|require|may i have|can i have|could i have|can i get|could i get) {_COUNT}(?: (?:little|tiny|quick|wee|more))? {_UNIT}(?: (?:to \w+(?: \w+){{0,4}}|please|here))*",
    rf"(?:just |only |in )?(?:a|one|just a|half a|two|a couple(?: of)?|a few|another|1|just one|a wee|a tiny|a quick|five|un|one more|uno) (?:little |tiny |quick |more )?(?:{_UNIT})(?: (?:please|there|ok|now|just))*(?! (?:ago|per|later|one|too))",
    r"(?:second|minute|moment|momento|tick|just a|sec)(?: please)?",
    r"(?:will you |can you |could you |would you |please |just |you |kindly |oh )*(?:be quiet|shut up|shut it|shut your \w+|be silent|quiet(?: down)?|hush(?: up| now)?|shush|sh+|zip it|silence|pipe down|button it|keep quiet|stay quiet|knock it off|cut it out|pack it in|give it a rest|stop it|hold your tongue|put a sock in it)(?: (?:please|now|and "
    r"listen|for (?:a|one|two) (?:second|minute|moment)s?|already|up|down|will you))*",
    r"(?:that is |ok |i said |ok that is |right that is )?(?:quite |more than )?enough(?: (?:already|now|please|of that|of this|talking|thanks))*",
    r"(?:please |can you |could you |would you |will you |just |you (?:can|may|need to|have to|must|should) |i said )*(?:please |just )?stop (?:talking|it|that|this|there|right there|speaking|interrupting(?: me)?|cutting me off|rambling|yapping|blabbing|babbling|reading|going on|now|already|please|with (?:the|your|all) \w+(?: \w+)?|selling|the (?:talking|pitch|spiel|speech))(?: (?:for (?:a|one|two|just a) "
    r"(?:second|moment|minute)s?|please|now|to me|and listen|on and on|about (?:it|that)|over me|me))*",
    r"(?:please )?do not (?:talk|speak|interrupt|cut)(?: (?:over me|me off|me|now|any ?more|while i am talking|so (?:much|fast)))*",
    r"(?:(?:just|please|can you|could you|will you|would you|hey|ok) )*let me (?:just )?(?:stop you(?: there| right there)?|finish(?: (?:please|first|my sentence|talking|speaking))*|talk|speak|say something|get a word in|interrupt(?: you)?|jump in|cut in|cut you off|think(?: (?:for|a) .{1,15}| please)?|check (?:my|the|with my|with the) \w+|see|look|check|have a (?:think|look)|take a look|answer)"
    r"(?: (?:please|here|there|first|quickly|real quick|now|for (?:a|one) (?:second|moment|minute)|too|that|if i \w+(?: \w+){0,4}))*",
    rf"(?:(?:just|please|ok|hold on|wait) )*(?:let me|just) ?(?:just |quickly |go |go and |go to |go get )*(?:get|getting|grab|grabbing|find|finding|fetch|fetching|look for|looking for|look up|looking up|check|checking|write|"
    rf"writing|pull up|pulling up|open|opening|turn (?:off|down)|go (?:and )?(?:get|find|check)|pull over|search for|search|dig out|put (?:on|down)|take|looking|look|note|noting|type|typing|grabbing|read|reading|move|log in|logging in)(?: {_THING})+(?: (?:real quick|quickly|first|please|now|for (?:a|one) (?:second|moment|minute)|so i can \w+(?: \w+)*))*",
    r"(?:i am|we are|i was) (?:still |just )*(?:looking(?: it up| for it)?|thinking|checking(?: it| that| my (?:calendar|diary|schedule))?|writing(?: (?:it|that|this))?(?: down)?|searching|typing|getting (?:it|there)|trying to find it)",
    r"(?:i am|i) (?:just |still |only )*(?:need to |have to |got to |trying to |going to )?(?:get|getting|grab|grabbing|find|finding|fetch|fetching|look for|looking for|go get|go and get)(?: (?:a|my|the|some|something|piece of|bit of|to))* "
    r"(?:pen|pencil|paper|card|calendar|diary|glasses|reading glasses|planner|wallet|purse|notebook|notepad|write with|write on)(?: (?:first|now|real quick|quickly|please))*",
    r"(?:please )?bear with (?:me|us)" + _FOR,
    r"(?:(?:whoa|woah|whoa there|easy|easy there|steady|hold your horses|not so fast|slow down|slow it down|time ?out|one thing at a time|back up|hold the phone|wait up|just a|easy now))(?: (?:there|please|a (?:second|minute|bit|little)|buddy|mate|tiger|now))*",
    r"(?:i am|i was) (?:still |not done |not finished )?(?:talking|speaking)(?: here)?",
    r"(?:wait|hold on|hang on)(?: wait| hold on| hang on)*",
    r"(?:i will be |be )(?:right|straight) back",
    r"(?:do not|please do not) (?:go|leave|hang up)(?: (?:anywhere|yet|away|on me yet|just yet|now))+",
    r"(?:please )?do not (?:go|leave)(?: (?:anywhere|yet|away|now|just yet|on me))*",
    r"(?:but )?i am not (?:done|finished|ready)(?: (?:yet|talking|speaking|with you|just yet))*",
    r"give me (?:time|some time)(?: please)?",
    r"(?:can|could|would|will) you (?:please )?(?:wait|hold|hold on|hang on|pause|stop|be quiet|stop talking|listen)"
    + _FOR,
    r"listen to me",
)
