"""Words that tell what the name beside them names."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Behind a company's name.
COMPANY_SUFFIXES = _words(
    "Inc Ltd Corp Co LLC LLP LP PLC Plc plc GmbH AG SA NV N.V. S.A. SE KG AB ASA Oy BV B.V. SpA "
    "S.p.A. Pty Limited Incorporated Corporation Company Holdings Holding"
)
# The last word of a body's name.
BODY_HEADS = _words(
    "Academy Administration Agency Airlines Airways Alliance Army Assembly Association Authority "
    "Bank Bancorp Board Brigade Broadcasting Brothers Bureau Cabinet Capital Center Centre Church "
    "Club Coalition College Command Commission Committee Communications Confederation Conference "
    "Congress Consortium Cooperative Corps Council Court Department Directorate Division Electric "
    "Electronics Embassy Energy Enterprises Entertainment Exchange Federation Force Forces "
    "Foundation Front Fund Government Group Guard Hospital Hotel Industries Institute Institution "
    "Insurance International Investments Laboratories Laboratory Labs League Legion Library "
    "Magazine Media Medical Ministry Motors Movement Museum Navy Network Networks News Newspaper "
    "Office Orchestra Organisation Organization Pact Parliament Partners Partnership Party "
    "Petroleum Pharmaceuticals Pictures Police Post Press Productions Railway Records Registry "
    "School Securities Senate Service Services Society Software Solutions Studios Systems Team "
    "Technologies Technology Telecom Television Theatre Times Tribunal Tribune Trust Union United "
    "University Ventures Workshop"
)
# Bodies and places named with "of": Bank of England, Ministry of Health.
HEADS_WITH_OF = _words(
    "Academy Archdiocese Army Association Bank Board Bureau Chamber Church College Commission "
    "Committee Congress Council Court Department Diocese Embassy Faculty Federation Government "
    "Hall House Institute Institutes Ministry Museum Office Organization Organisation Parliament "
    "Party Register School Secretariat Society Union University Federation Confederation Library "
    "Bay Gulf Isle Kingdom Republic State Strait Sea Cape City Commonwealth Province"
)
PLACES_WITH_OF = _words("Bay Gulf Isle Kingdom Republic Strait Sea Cape City Province")
# The last word of a place's name.
PLACE_HEADS = _words(
    "Airport Avenue Basin Bay Beach Boulevard Bridge Canal Canyon Cape City Coast County Creek "
    "Desert District Falls Forest Gulf Harbor Harbour Heights Highway Hill Hills Island Islands "
    "Lake Mountain Mountains Ocean Parish Park Peninsula Plateau Plaza Port Prefecture Province "
    "Region River Road Sea Square Strait Street Territory Town Valley Village"
)
# The first word of a place's name.
PLACE_OPENERS = _words("Fort Lake Los Mount Mt Port San Santa Camp Cape")
# Before a person's name, in any combination; never part of the mention.
TITLES = _words(
    "Admiral Ambassador Archbishop Attorney Baron Baroness Bishop Brig Brigadier CEO CFO COO Cant "
    "Captain Capt Cardinal Chairman Chairwoman Chancellor Chief Col Colonel Commander "
    "Commissioner Congressman Congresswoman Constable Corporal Councillor Count Countess Cpl "
    "Deputy Detective Director Doctor Dr Duchess Duke Emperor Empress Executive Father Foreign "
    "Gen General Gov Governor Judge Justice King Lady Lieutenant Lord Lt Madam Maj Major Mayor "
    "Minister Miss Mr Mrs Ms Mullah Officer Pope Premier President Prime Prince Princess Prof "
    "Professor Queen Rabbi Rep Representative Rev Reverend Saint Secretary Sen Senator Sergeant "
    "Sgt Sheik Sheikh Sheriff Sir Sister Speaker Spokesman Spokeswoman Sultan Supt Superintendent "
    "Vice"
)
# Titles that are half of one: believed before a name only together with another.
HALF_TITLES = _words("Attorney Chief Deputy Executive Foreign Prime Vice General Major")
# Written with a full stop that does not end the name.
DOTTED = _words(
    "Brig Capt Col Corp Cpl Dr Gen Gov Inc Jr Lt Ltd Maj Mr Mrs Ms Mt Prof Rep Rev Sen Sgt Sr St "
    "Co Supt"
)
GENERATIONS = _words("Jr Sr II III IV")
PARTICLES = _words("al bin da de del den der di dos du el ibn la le ten ter van von")

# What companies and other bodies do, and what only people do.
BODY_VERBS = _words(
    "acquire acquired acquires announced announces bought buys closed cuts employs expects filed "
    "fined hired hires invested invests laid launched launches lends merged merges opened "
    "operates owns posted produces profits publishes recalled recalls released releases sells "
    "settled shares sold sponsored stock sued sues trades unveiled unveils"
)
PERSON_VERBS = _words(
    "argued believes born collapsed cried died drove felt graduated grew laughed loved married "
    "pleaded quipped recalled remembered replied resigned retired said says shouted smiled spoke "
    "studied testified thinks thought told wept whispered wrote"
)
# Before a place.
PLACE_PREPOSITIONS = _words("in near")
