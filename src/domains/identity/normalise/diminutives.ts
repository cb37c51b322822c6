/**
 * Given names with what people are called by. One line is one group: full names and their church or foreign forms
 * first, then the short ones. A short name may stand in several groups (Саша is Александр and Александра); such groups
 * are not merged, a name simply belongs to all of them.
 */
const RUSSIAN = `
александр александра | саша сашка саня санек шура шурик алекс сашенька шурочка
алексей | леша лешка алеша леха леня лелик
анатолий | толя толик толян
андрей | андрюша андрюха дрон андрейка
антон антонина | антоша тоша тоня антошка
аркадий | аркаша
арсений арсен | арсюша сеня
артем артемий | тема темка артемка
борис | боря борька
вадим | вадик вадя
валентин валентина | валя валик валюша тина
валерий валерия валериан | валера лера валерка лерочка
василий василиса | вася васька василек василина
виктор виктория | витя витек вика викуся витюша
виталий виталина | виталик виталя
владимир владимира | вова володя вовка вован влад
владислав владислава | влад владик слава
всеволод | сева севка
вячеслав | слава славик
геннадий | гена генка
георгий егор юрий | жора гоша гера юра юрик юрка егорка гога
герман | гера
глеб | глебушка
григорий | гриша гришка
даниил данила данил даниэль | даня данька данилка
денис | дениска диня ден
дмитрий | дима димка митя димон димочка
евгений евгения | женя женька жека женечка
иван | ваня ванька ванюша
игорь | игорек гоша гарик
илья | илюша илюха
иннокентий | кеша
кирилл | кирюша киря
константин константина | костя костик костян
лев | лева левушка
леонид | леня ленчик
максим максимилиан | макс максимка
марат | маратик
марк | марик
матвей | мотя матвейка
михаил | миша мишка михаля мишаня
никита | никитка ник
николай | коля колька колян николаша
олег | олежка олежек
павел | паша пашка павлик
петр | петя петька петруша
роман | рома ромка ромчик
ростислав | ростик слава
руслан руслана | русик
савелий | сава
святослав | свят слава святик
семен | сема сеня
сергей | сережа серега серый
станислав станислава | стас стасик слава
степан стефан | степа стефа
тарас | тарасик
тимофей | тима тимоша
тимур | тимка тима
федор | федя федька
филипп | филя фил
эдуард | эдик
юлиан юлия юлиана | юля юлька юленька
ярослав ярослава | ярик слава яся
яков | яша
агата | агаша
аделина аделаида | ада деля
алена елена | лена леночка ленка аленка алена леся
алина | аля алинка
алиса | аля алиска
алла | аллочка
анастасия | настя настюша ася стася настена
ангелина | геля лина
анжелика анжела | лика анжелка
анна анюта | аня анечка нюра нюша анька
арина ирина | ира ирочка иришка арина
валерия | лера лерочка
варвара | варя варенька
вера | верочка веруня
вероника | ника вера
галина | галя галочка
дарья дарина | даша дашенька дашка дарья
диана | дина
екатерина катерина | катя катюша катенька катька
елизавета | лиза лизавета лизонька
жанна | жанночка
зинаида | зина
зоя | зоенька
инна | инночка
карина | кара
кира | кирочка
клавдия | клава
кристина христина | кристя криста
ксения оксана аксинья | ксюша ксюха оксанка
лариса | лара
лидия | лида лидочка
лилия лиана | лиля лилечка
любовь | люба любаша
людмила | люда люся мила
маргарита | рита марго
марина | маришка мариша
мария марья | маша маруся маня машенька муся
милана | мила
милена | мила лена
надежда | надя надюша
наталья наталия | наташа наталка ната таша
нина | ниночка
оксана | ксана
олеся | леся
ольга | оля олечка лёля
полина аполлинария | поля полинка
раиса | рая
регина | рега
роза | розочка
светлана | света светочка лана
серафима | сима
снежана | снежа
софья софия | соня софа сонечка
таисия | тая
тамара | тома
татьяна | таня танюша танечка
ульяна юлиана | уля
фаина | фая
эвелина | эва лина
эльвира | эля
эмилия | эмма миля
юлия | юля юленька
яна | яночка янка
мухаммед мухаммад магомед магомет | мага
ахмед ахмет | ахмедка
рамиль рамил | рама
рустам рустем | рустик
тимур тамерлан | тима
ринат ренат | рина
айдар | айдарка
гульнара гульнар | гуля
алсу | алсушка
зульфия | зуля
динара диляра | дина
ильдар | ильдарик
камиль камила | мила кама
наиль наиля | наилька
рафаэль рафаил рафик | рафа
фарид фарида | фаридка
шамиль | шама
`;

const ENGLISH = `
abigail | abby gail
albert alberta | al bert bertie
alexander alexandra alexandria | alex sandy xander sasha lexi lex
alfred | alf alfie fred
amanda | mandy
andrew andrea | andy drew
anthony antonia | tony ant toni
arthur | art artie
barbara | barb barbie babs
benjamin | ben benny benji
bernard bernadette | bernie
bradley | brad
caroline carolyn carol | carrie
catherine katherine kathryn katharine kathleen | kate katie kathy cathy kat kitty cath kath
charles charlotte | charlie chuck chas lottie
christine christina | chris chrissy tina
christopher christian | chris kit topher
cynthia | cindy
daniel danielle | dan danny dani
david | dave davey
deborah debra | deb debbie
dennis denise | den denny
donald | don donnie
dorothy | dot dottie dolly
douglas | doug
edward edmund edwin | ed eddie ted teddy ned
eleanor elena helen ellen | ellie nell nora lena
elizabeth elisabeth isabel isabella | liz lizzie beth betty eliza bess libby bella izzy lisa
emily emma amelia | em emmy millie
florence | flo florrie
frances francis franklin frank | fran frankie francesca
frederick frederica | fred freddie
gabriel gabrielle | gabe gabby
george georgina georgia | georgie
gerald geraldine | gerry jerry
gregory | greg
harold henry harriet harry | hal hank harry hattie
isaac | ike
jacob | jake
jacqueline | jackie
james | jim jimmy jamie
janet jane | jan janie
jeffrey geoffrey | jeff geoff
jennifer | jen jenny
jessica | jess jessie
john jonathan | jack johnny jon
joseph josephine joanna joanne | joe joey jo josie
joshua | josh
judith | judy
kenneth | ken kenny
kimberly | kim
lawrence laurence laura lauren | larry laurie
leonard | len lenny leo
leslie lesley | les
lillian lily | lil
louis louise lewis | lou
lucy lucille lucinda | lu
madeline madeleine | maddie
margaret | maggie meg peggy marge greta rita
martha | marty
martin | marty
mary maria marie | molly polly mae
matthew | matt matty
maximilian maxwell | max
megan | meg
melissa | mel missy
michael michelle | mike mick mickey micky mikey shelly
mitchell | mitch
nancy anne anna ann | annie nan
natalie natasha | nat tasha
nathan nathaniel | nate nat
nicholas nicole | nick nicky nico
oliver olivia | ollie liv
pamela | pam
patrick patricia | pat paddy trish tricia patty
peter | pete
philip phillip philippa | phil pip
rachel | rach
raymond | ray
rebecca | becky becca
richard | rick ricky dick rich richie
robert roberta | rob bob bobby robbie bert
roger | rodge
ronald | ron ronnie
rosemary rose | rosie
russell | russ
ruth | ruthie
samuel samantha | sam sammy
sarah sara | sally sadie
sebastian | seb bas
sophia sophie | soph
stanley | stan
stephen steven stephanie | steve stevie steph
susan suzanne susanna | sue suzie susie
theodore | theo ted teddy
theresa teresa | terry tess tessa
thomas | tom tommy
timothy | tim timmy
valerie | val
victor victoria | vic vicky tori
vincent | vince vinny
virginia | ginny
walter | walt wally
william wilhelmina | will bill billy willie liam
zachary | zach zack
`;

/** Groups of names that may be one person's, each a list of folded names. */
export const NAME_GROUPS: readonly (readonly string[])[] = [RUSSIAN, ENGLISH]
  .flatMap((table) => table.trim().split("\n"))
  .map((line) => [
    ...new Set(
      line
        .replaceAll("ё", "е")
        .split(/[ |]+/)
        .filter((name) => name !== ""),
    ),
  ]);
