/**
 * The three surface families of the text world: their words and their sentences. All of them follow one hidden
 * structure (a key has a first value, a first value has a second) and say it in other words.
 * Every word here stands in the embedded model's vocabulary.
 */

/** Things are put away (`store`), requests handled (`desk`), people served (`meal`). */
export type FamilyName = 'store' | 'desk' | 'meal'

/** Words and sentences of one family. `key`, `first`, `second` and `object` are single words. */
export interface Family {
  keys: readonly string[]
  firsts: readonly string[]
  seconds: readonly string[]
  /** What a goal is about beside its key; empty where the goal has no object. */
  objects: readonly string[]

  goal(key: string, object: string): string
  /** Groups: key, and object where there is one. */
  goalPattern: RegExp
  /** What is seen first: the options for the first value. */
  opening(key: string, object: string, options: string): string
  /** What is seen once the first rule is found: the rule and the options for the second value. */
  middle(rule: string, options: string): string

  firstRule(key: string, first: string): string
  notFirst(key: string, first: string): string
  secondRule(first: string, second: string): string
  notSecond(first: string, second: string): string

  chooseFirst(first: string): string
  chooseSecond(first: string, second: string): string
  finish(chosen: { key: string; object: string; first: string }): string
}

const NAMES = list('dana omar lena ivan mei raj nora theo zoe hugo iris kofi aya finn lola sam')

/** Things are put away: category → container → tool. */
const store: Family = {
  keys: list('kitchen garden office bath toy sport music art winter travel pet baby party sewing camera school'),
  firsts: list('locker crate shelf drawer bin chest cabinet basket safe trunk box closet rack vault barrel tray'),
  seconds: list('badge key lever crank card wand code remote hook magnet whistle coin lamp fob rope ring'),
  objects: list(
    'mug rake stapler towel robot ball drum brush scarf map leash bottle balloon needle lens ruler ' +
      'plate spade folder soap puzzle racket flute paint glove ticket collar blanket candle button tripod notebook',
  ),
  goal: (key, object) => `put the ${key} ${object} away`,
  goalPattern: /^put the (\S+) (\S+) away$/,
  opening: (_key, object, options) => `you hold ${object} , places ${options}`,
  middle: (rule, options) => `${rule} , it is shut , tools ${options}`,
  firstRule: (key, first) => `${key} belongs in ${first}`,
  notFirst: (key, first) => `${key} does not belong in ${first}`,
  secondRule: (first, second) => `${first} opens with ${second}`,
  notSecond: (first, second) => `${first} does not open with ${second}`,
  chooseFirst: (first) => `go to ${first}`,
  chooseSecond: (first, second) => `open ${first} with ${second}`,
  finish: ({ object, first }) => `put ${object} in ${first}`,
}

/** Requests are routed: request → desk → label. */
const desk: Family = {
  keys: list('refund invoice leak login parcel visa roof battery password contract noise parking salary delivery heating license'),
  firsts: list('billing legal support security sales repair travelers library kitchenette archive lobby studio clinic bank harbor depot'),
  seconds: list('red blue green yellow black white pink orange purple brown grey gold'),
  objects: NAMES,
  goal: (key, object) => `handle the ${key} request from ${object}`,
  goalPattern: /^handle the (\S+) request from (\S+)$/,
  opening: (key, _object, options) => `a ${key} request is here , desks ${options}`,
  middle: (rule, options) => `${rule} , labels ${options}`,
  firstRule: (key, first) => `${key} goes to ${first}`,
  notFirst: (key, first) => `${key} does not go to ${first}`,
  secondRule: (first, second) => `${first} wants ${second}`,
  notSecond: (first, second) => `${first} does not want ${second}`,
  chooseFirst: (first) => `send it to ${first}`,
  chooseSecond: (_first, second) => `mark it ${second}`,
  finish: () => 'file it',
}

/** People are fed: person → dish → side. */
const meal: Family = {
  keys: NAMES,
  firsts: list('soup rice salad pasta curry toast stew pie noodles omelet pizza beans tacos dumplings porridge sushi'),
  seconds: list('salt pepper lemon basil butter honey garlic ginger mint cheese onion chili sugar vinegar sesame cream'),
  objects: [],
  goal: (key) => `serve lunch to ${key}`,
  goalPattern: /^serve lunch to (\S+)$/,
  opening: (key, _object, options) => `${key} is hungry , dishes ${options}`,
  middle: (rule, options) => `${rule} , sides ${options}`,
  firstRule: (key, first) => `${key} likes ${first}`,
  notFirst: (key, first) => `${key} does not like ${first}`,
  secondRule: (first, second) => `${first} needs ${second}`,
  notSecond: (first, second) => `${first} does not need ${second}`,
  chooseFirst: (first) => `cook ${first}`,
  chooseSecond: (_first, second) => `add ${second}`,
  finish: ({ key, first }) => `serve ${first} to ${key}`,
}

export const FAMILIES: Readonly<Record<FamilyName, Family>> = { store, desk, meal }

function list(words: string): readonly string[] {
  return words.split(' ')
}
