const words = (text: string): string[] => text.trim().split(/\s+/);

/** Invented people are put together from these; no list was taken from any data set. */
export const RUSSIAN = {
  men: words(`Александр Дмитрий Сергей Андрей Алексей Максим Иван Евгений Михаил Николай Владимир Артём Никита Денис
    Павел Роман Илья Кирилл Антон Игорь Юрий Олег Виктор Егор Константин Вадим Станислав Пётр Фёдор Григорий Тимур Руслан
    Матвей Арсений Степан Борис Геннадий Валерий Марат Глеб`),
  women: words(`Анна Елена Ольга Наталья Екатерина Татьяна Мария Ирина Анастасия Светлана Юлия Дарья Марина Виктория
    Ксения Александра Полина Людмила Алина Галина Валентина Надежда Оксана Любовь Вера Алёна Вероника Евгения Лариса Яна
    Кристина Маргарита Диана София Нина Тамара Лидия Зоя Алсу Гульнара`),
  short: {
    Александр: "Саша Шура Саня",
    Александра: "Саша Шура",
    Дмитрий: "Дима Митя",
    Сергей: "Серёжа",
    Алексей: "Лёша Алёша",
    Иван: "Ваня",
    Михаил: "Миша",
    Николай: "Коля",
    Владимир: "Вова Володя",
    Евгений: "Женя",
    Евгения: "Женя",
    Павел: "Паша",
    Роман: "Рома",
    Юрий: "Юра",
    Виктор: "Витя",
    Константин: "Костя",
    Станислав: "Стас Слава",
    Пётр: "Петя",
    Григорий: "Гриша",
    Анна: "Аня Нюра",
    Елена: "Лена",
    Ольга: "Оля",
    Наталья: "Наташа",
    Екатерина: "Катя",
    Татьяна: "Таня",
    Мария: "Маша",
    Ирина: "Ира",
    Анастасия: "Настя",
    Светлана: "Света",
    Юлия: "Юля",
    Дарья: "Даша",
    Ксения: "Ксюша",
    Виктория: "Вика",
    Людмила: "Люда Люся",
    Галина: "Галя",
    Валентина: "Валя",
    Надежда: "Надя",
    Любовь: "Люба",
    Алёна: "Лена",
  } as Readonly<Record<string, string>>,
  surnameRoots:
    words(`Иван Смирн Кузнец Поп Соколо Лебеде Козл Новик Морозо Петр Волк Соловь Васил Зайц Павл Семён Голуб
    Виноград Богдан Вороб Фёдор Михайл Беля Тарас Белозер Комар Орл Киселё Макар Андре Ковал Ильи Гусе Тит Кузьми Кудря
    Баран Кули Алексе Степан Яковл Сорок Серге Роман Захар Борис Корол Герасим Пономар Григор Лазар Медвед Ершо Никит Соболе
    Рябо Поляк Цветк Данил Жук Фрол Журавл Никола Крыл Максим Сидор Осип Белоус Федот Дороф Егор Матве Бобр Дмитри Калинин
    Анис Петух Антон Тимофе Никифор Весел Филипп Марк Больша Сухан Миро Ширя Александр Коновал Шест Казак Ефим Денис Гром
    Фом Андро Чер Щукин Ларин Дуб Грач Мельни Карпо Зим Лук Сав Стрел`),
  surnameEnds: words(`ов ев ин ский енко ович ук кин ников чев цев хин лов дин тин шин нин жин бин рев`),
  cities: words(`Москва Петербург Казань Самара Омск Пермь Уфа Тверь Тула Рязань Калуга Иваново Псков Курск Орёл Липецк
    Тамбов Пенза Саратов Ижевск Киров Вологда Сочи Томск Барнаул Чита Якутск Мурманск`),
  streetRoots: words(`Ленин Садов Зелён Лесн Полев Речн Школьн Молодёжн Заводск Совет Мир Побед Гагарин Пушкин Чехов
    Вишнёв Берёзов Сосн Озёрн Северн Южн Вокзальн Мельнич Кузнечн Парков Набережн Весенн Солнечн Рабоч Луг`),
  streetEnds: words(`ая ый-проезд ский-бульвар ова ского ина ный-переулок овая`),
} as const;

export const ENGLISH = {
  men: words(`James John Robert Michael William David Richard Joseph Thomas Charles Daniel Matthew Anthony Mark Steven Paul
    Andrew Joshua Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen
    Larry Justin Scott Brandon Benjamin Samuel Gregory`),
  women:
    words(`Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Betty Sandra Margaret
    Ashley Kimberly Emily Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Sharon Laura Cynthia Dorothy Amy
    Kathleen Angela Shirley Brenda Emma Anna Pamela Nicole Samantha`),
  short: {
    James: "Jim Jamie",
    John: "Jack",
    Robert: "Rob Bob",
    Michael: "Mike",
    William: "Will Bill",
    David: "Dave",
    Richard: "Rick Dick",
    Joseph: "Joe",
    Thomas: "Tom",
    Charles: "Charlie",
    Daniel: "Dan",
    Matthew: "Matt",
    Patricia: "Pat",
    Jennifer: "Jen",
    Elizabeth: "Liz Beth",
    Susan: "Sue",
    Margaret: "Maggie Peg",
    Kimberly: "Kim",
    Samuel: "Sam",
    Benjamin: "Ben",
    Nicholas: "Nick",
    Rebecca: "Becky",
    Samantha: "Sam",
    Stephen: "Steve",
  } as Readonly<Record<string, string>>,
  surnameRoots:
    words(`Smi Jon Wil Bro Tay Dav Eva Tho Joh Rob Wal Wri Whi Edw Gre Hal Woo Jac Cla Har Lew Sco Tur Hil War
    Moo Coo Mor Kin Wat Har Bak Mar All Ad Mit Cam Phi Ken Bel Mur Pri Ben Gra Ric Cox Lee Row Ash Bur Fos Gar Hud Kni`),
  surnameEnds: words(`th son ton ley man ford well ham worth field er es wood land stone by ridge shaw more kins`),
  cities:
    words(`London Leeds Bristol Sheffield Liverpool Manchester Bradford Coventry Leicester Nottingham Hull Plymouth
    Derby Southampton Portsmouth Brighton Reading Luton Preston Norwich Swansea Cardiff Glasgow Dundee Oxford York`),
  streetRoots: words(`Oak Elm Mill Church Park Station Victoria Green Manor King Queen Grange Hill Spring North South
    Windsor Alexander Springfield Stanley Albert Chester Highfield School Broad`),
  streetEnds: words(`Road Street Lane Avenue Close Drive Court Gardens Way`),
} as const;
