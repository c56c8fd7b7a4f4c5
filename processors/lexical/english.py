"""English function words, by what they say about the words beside them."""

import re


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


ARTICLES = _words("a an the")
POSSESSIVES = _words("my your his her its our their whose")
DETERMINERS = (
    ARTICLES
    | POSSESSIVES
    | _words("this that these those some any each every no another both several many few")
)
DEFINITE = _words("the this that these those its their his her")
ORDINALS = _words("first second third fourth fifth last next other same new own only")
SUBJECT_PRONOUNS = _words("i you he she it we they")
PRONOUNS = SUBJECT_PRONOUNS | _words(
    "me him her us them who whom which what myself himself herself itself ourselves themselves "
    "there here someone somebody anyone anybody everyone everybody nobody"
)
BE = _words(
    "be am is are was were been being isn't aren't wasn't weren't 's 're 'm get gets got gotten "
    "getting"
)
HAVE = _words("have has had having haven't hasn't hadn't 've")
DO = _words("do does did don't doesn't didn't")
MODALS = _words(
    "will would shall should can could may might must cannot can't won't wouldn't shouldn't "
    "couldn't mightn't mustn't 'll 'd ll"
)
AUXILIARIES = BE | HAVE | DO | MODALS

PREPOSITIONS = _words(
    "about above across after against along amid among around as at before behind below beneath "
    "beside besides between beyond by concerning despite down during except following for from "
    "in inside into like near of off on onto opposite out outside over past per regarding since "
    "than through throughout till to toward towards under underneath until up upon via with "
    "within without because due owing according"
)
# Words that open a clause of its own.
SUBORDINATORS = _words(
    "after although as because before but if once since so though unless until when whereas "
    "whether which while who whom whose that where"
)
COORDINATORS = _words("and or but nor")
CLAUSE_SIGNS = frozenset({";", ":", "—", "–", "(", ")", '"', "“", "”", "•", "|"})
SENTENCE_SIGNS = frozenset({".", "!", "?", "…"})

ADVERBS = _words(
    "ahead also already just only still even soon now then today yesterday tomorrow tonight later "
    "ever never not n't reportedly allegedly once again often always sometimes almost nearly "
    "first finally recently previously initially thereby thus instead together there here too "
    "well rather so yet"
)
# Adjectives and nouns that end like adverbs.
NOT_ADVERBS = _words(
    "family italy july assembly supply reply ally bully rally fly lily early daily weekly "
    "monthly quarterly yearly likely friendly deadly costly only monopoly anomaly kelly molly "
    "sally billy emily holy ugly elderly"
)

NEGATIONS = _words(
    "not never no without neither nor nobody nothing none n't cannot can't won't wouldn't "
    "shouldn't couldn't mightn't mustn't don't doesn't didn't isn't aren't wasn't weren't haven't "
    "hasn't hadn't deny denies denied denying fail fails failed failing refuse refuses refused "
    "refusing decline declines declined declining avoid avoids avoided avoiding prevent "
    "prevents prevented preventing averted"
)
# What is said to be done by these has not happened yet, or is not vouched for.
POSSIBILITIES = _words(
    "will would shall should can could may might must 'll 'd if unless whether likely unlikely "
    "plan plans planned planning expect expects expected expecting intend intends intended hope "
    "hopes hoped hoping want wants wanted seek seeks sought seeking aim aims aimed aiming try "
    "tries tried trying attempt attempts attempted consider considers considered considering "
    "propose proposes proposed proposing threaten threatens threatened threatening offer offers "
    "offered possible possibly potential potentially perhaps maybe proposal proposals threat "
    "threats risk risks prospect prospects fear fears feared alleged allegedly suspected "
    "rumoured rumored scheduled please upcoming urge urges urged ask asks asked demand demands "
    "demanded request requests requested suggest suggests suggested forthcoming ready able "
    "agree agrees agreed promise promises promised vow vows vowed"
)
# An infinitive behind one of these did happen.
FACTUAL_BEFORE_TO = _words(
    "began begun begin begins started start starts managed continued continue continues forced "
    "had went helped came used proceeded caused led failed enough voted moved returned"
)
# Verbs that an infinitive follows: its time is not theirs ("decided to meet on Monday").
GOVERNORS = _words("agree ask choose commit decide offer order plan promise request urge vow")
# Nouns of time: "a day later" behind a verb is no one who takes part.
TIME_NOUNS = _words(
    "spring summer autumn winter second seconds minute minutes hour hours day days week weeks "
    "month months year years decade decades century centuries morning afternoon evening night "
    "nights weekend today yesterday tomorrow tonight monday tuesday wednesday thursday friday "
    "saturday sunday january february march april may june july august september october "
    "november december noon midnight time times quarter ago later earlier"
)

_CONTRACTION = re.compile(r"(i|you|he|she|it|we|they|who|that|there)('(?:ll|d|ve|re|m))")


def contraction(word: str) -> int:
    """Where a word in lower case splits into a pronoun and a verb ("he'll"); 0 where not."""
    match = _CONTRACTION.fullmatch(word) if "'" in word else None
    return match.end(1) if match else 0


def is_adverb(word: str) -> bool:
    """Whether a word in lower case stands beside a verb without being part of its phrase."""
    return word in ADVERBS or (word.endswith("ly") and len(word) > 4 and word not in NOT_ADVERBS)


# Verbs that are nouns in the same form: only the words beside them tell which they are.
NOUNS_TOO = _words(
    "act aid ambush answer appeal approach arrest assault attack award ban ballot battle bill "
    "blast bomb book boycott break call cancel cause challenge change charge claim clash close "
    "collapse contact contract control cost cover crash cut damage deal debut decline decrease "
    "default defeat delay demand deposit design dispute drive drop end escape estimate exchange "
    "exit fall fight file fine fire flood flow fly focus force fund gain grant harm help hack "
    "hike hire hit hold hope host impact increase influence interview invoice issue jail "
    "journey judge jump kick land launch lead leak leave lift limit link load look lunch march "
    "mark meet merge mistake move murder name need note notice offer open order outlaw pact pay "
    "permit phone place plan plunge post present press primary process produce profit program "
    "progress promise protest purchase push quake question raid raise rally reach recall "
    "record refund release remark rent repair reply report request rescue rest result retreat "
    "return reveal review reward riot ring rise risk rob rule run sack sail sale schedule "
    "search sell sentence shell shift ship shoot show shut sign sink slump soar stab stand "
    "start state step stop storm strike struggle study supply support surge survey suspect "
    "swing talk target test thank theft threat touch tour trade train transfer trap travel "
    "treat trial trigger trip try tumble turn upset use visit vote vow wait walk want warn "
    "watch win wish work wound wreck"
)
# Verbs that stand in one form for past and present, and so look like nouns behind a noun.
UNCHANGING = _words("hit cut set put left shut burst spread cost hurt let beat split cast")
