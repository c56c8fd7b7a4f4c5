"""Classes of what the news tell of: what events of one class lead to, events like them do, too.

The corpora that links are learned from tell of few topics. A word list of some forty classes says
that "quake" is to "collapsed" what "blaze" is to "gutted". Words are base forms of verbs, or of
nouns that no verb is behind.
"""

from collections.abc import Mapping

_LISTED: Mapping[str, str] = {
    "disaster": "quake earthquake tremor aftershock tsunami flood flooding storm hurricane "
    "typhoon cyclone tornado blizzard drought eruption erupt avalanche landslide mudslide "
    "wildfire lightning heatwave disaster weather temblor jolt shake rattle epicenter "
    "magnitude",
    "fire": "fire blaze burn inferno ignite arson smoke flame gut engulf smolder",
    "accident": "accident crash collide collision derail derailment wreck capsize sink "
    "overturn explosion explode blast leak spill rupture outage blackout failure malfunction "
    "fault breakdown plunge hit strike stall skid",
    "attack": "attack assault bomb bombing shell raid strike airstrike ambush invade invasion "
    "storm clash fight battle war offensive siege hostage hijack massacre rampage terrorism "
    "insurgency rebellion violence conflict gunfight shootout air",
    "shooting": "shoot shot gunfire gunshot fire stab knife gun slash beat punch kick "
    "strangle choke smother suffocate poison drown hack rape molest abuse batter attack "
    "gunplay shootout",
    "killing": "kill murder slay homicide manslaughter assassinate assassination execute "
    "behead massacre lynch slaughter suicide",
    "death": "die death perish dead fatal fatality casualty toll succumb funeral bury mourn "
    "victim pass",
    "injury": "injure injury wound hurt maim burn harm suffer bleed fracture unharmed trauma "
    "critical paralyze sicken",
    "damage": "damage destroy destruction collapse level flatten ravage devastate wreck "
    "shatter topple crumble disrupt disruption sever cut hamper submerge raze crack",
    "rescue": "rescue save evacuate evacuation search shelter aid relief treat treatment "
    "hospitalize rush airlift respond help dispatch survive survivor recover recovery "
    "extinguish douse battle tackle contain firefight",
    "flight": "flee escape run hide evade elude disappear vanish abscond loose displace",
    "theft": "rob robbery steal theft burglary burgle loot heist snatch shoplift fraud "
    "embezzle swindle bribe extort smuggle launder hack kidnap abduct seize crime offence "
    "offense",
    "arrest": "arrest capture catch apprehend nab detain custody jail imprison surrender "
    "handcuff cuff raid bust round manhunt hunt chase pursue pursuit track recapture "
    "imprisonment bail",
    "inquiry": "investigate investigation probe inquiry inquest autopsy examine interview "
    "interrogate search question test identify evidence suspect tip trace clue determine "
    "inspect",
    "charge": "charge accuse indict arraign allege sue lawsuit file prosecute prosecution "
    "suit blame complaint complain indictment allegation arraignment face",
    "trial": "trial court hearing testify testimony plead plea appeal try witness juror jury "
    "deliberate case defend adjourn litigation",
    "verdict": "convict conviction guilty acquit acquittal find verdict rule ruling clear "
    "exonerate dismiss overturn uphold",
    "sentence": "sentence fine punish punishment penalty parole probation execution imprison "
    "ban suspend suspension disqualify sanction deport",
    "release": "release free pardon liberate bail",
    "protest": "protest demonstrate demonstration riot rally march strike boycott unrest "
    "uprising revolt picket walkout rebel chant",
    "police": "patrol deploy disperse quell crackdown cordon block barricade curfew lock "
    "lockdown guard",
    "hire": "hire appoint appointment name promote promotion recruit join sign nominate "
    "replace replacement succeed successor elect pick select choose cast role contract",
    "leave": "resign resignation quit retire retirement depart departure leave exit oust step "
    "vacate abdicate",
    "dismissal": "fire sack dismiss layoff axe oust replace demote cut terminate dump drop",
    "contest": "win lose beat defeat score goal victory loss lead tie draw trail champion "
    "title match game play playoff season race compete final qualify touchdown run",
    "deal": "buy purchase acquire acquisition takeover sell sale merge merger deal agreement "
    "agree pact contract offer bid invest pay fund finance license award settle settlement "
    "price",
    "launch": "launch unveil introduce release debut roll ship reveal premiere publish open "
    "present",
    "build": "build make create develop design construct produce add update upgrade improve "
    "repair fix restore replace install",
    "rise": "rise grow increase surge soar jump climb gain boost expand growth rally recover hike",
    "fall": "fall drop decline slump plunge tumble sink slide shrink decrease plummet lose "
    "loss reduce cut crisis recession bankruptcy",
    "vote": "vote election elect ballot campaign poll referendum pass approve legislate bill "
    "law enact sign repeal veto",
    "meet": "meet meeting talk negotiate negotiation discuss summit conference visit dialogue "
    "gather gathering call",
    "say": "say tell report announce announcement state claim add declare note explain "
    "confirm deny comment remark statement describe quote write warn reveal admit argue "
    "insist suggest speak respond reply release post tweet mention disclose broadcast cite",
    "think": "think believe know expect hope feel consider want plan intend decide decision "
    "understand remember fear worry wonder doubt predict see watch hear look learn realize "
    "seem appear aim wish notice",
    "demand": "demand urge ask request call order command threaten threat warn pressure force "
    "require instruct seek apply want condemn criticize",
    "phase": "begin start continue end stop finish resume remain keep complete last happen "
    "occur take follow come delay postpone cancel cease underway",
    "cause": "cause lead result trigger spark prompt provoke reason factor bring due blame "
    "make induce impact affect effect contribute",
    "prevent": "prevent avoid avert block halt stop thwart fail failure refuse reject deny "
    "bar prohibit",
    "move": "go come travel fly drive walk arrive arrival return enter move send carry "
    "transfer transport cross head land sail follow pull push throw drop ride transit "
    "approach reach",
    "hold": "have be hold own live stay serve sit stand work contain include belong use wear",
    "illness": "ill illness disease cancer infect infection outbreak virus sick diagnose "
    "hospitalize overdose addict addiction rehab treatment surgery operate check drug alcohol",
    "marriage": "marry marriage wed wedding divorce split date engage birth bear pregnant",
    "emotion": "anger outrage shock grief upset celebrate celebration cheer cry joy excite "
    "praise thank apologize apology regret panic alarm dispute argue argument feud quarrel "
    "row tension concern beef jealous hate",
    "find": "find discover discovery locate uncover spot detect recognize recover unearth",
}

_CLASSES: dict[str, tuple[str, ...]] = {}
for _name, _words in _LISTED.items():
    for _word in _words.split():
        _CLASSES[_word] = (*_CLASSES.get(_word, ()), _name)


def classes(word: str) -> tuple[str, ...]:
    """The classes that a base form in lower case is listed in, in a fixed order."""
    return tuple(dict.fromkeys(_CLASSES.get(word, ())))
