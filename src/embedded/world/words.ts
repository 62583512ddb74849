/** The nouns of the text world, by the role they have in its families. Every one stands in the embedded model's vocabulary. */

const list = (words: string): readonly string[] => words.split(' ')

export const CATEGORIES: readonly string[] = list(
  'kitchen garden office bath toy sport music art winter travel pet baby party sewing camera school',
)
export const OBJECTS: readonly string[] = list(
  'mug rake stapler towel robot ball drum brush scarf map leash bottle balloon needle lens ruler ' +
    'plate spade folder soap puzzle racket flute paint glove ticket collar blanket candle button tripod notebook',
)
export const CONTAINERS: readonly string[] = list(
  'locker crate shelf drawer bin chest cabinet basket safe trunk box closet rack vault barrel tray',
)
export const TOOLS: readonly string[] = list('badge key lever crank card wand code remote hook magnet whistle coin lamp fob rope ring')
export const REQUESTS: readonly string[] = list(
  'refund invoice leak login parcel visa roof battery password contract noise parking salary delivery heating license',
)
export const NAMES: readonly string[] = list('dana omar lena ivan mei raj nora theo zoe hugo iris kofi aya finn lola sam')
export const DESKS: readonly string[] = list(
  'billing legal support security sales repair travelers library kitchenette archive lobby studio clinic bank harbor depot',
)
export const COLORS: readonly string[] = list('red blue green yellow black white pink orange purple brown grey gold')
export const DISHES: readonly string[] = list(
  'soup rice salad pasta curry toast stew pie noodles omelet pizza beans tacos dumplings porridge sushi',
)
export const SIDES: readonly string[] = list(
  'salt pepper lemon basil butter honey garlic ginger mint cheese onion chili sugar vinegar sesame cream',
)
export const PLACES: readonly string[] = list(
  'river tower bridge cloud forest dragon castle island rocket planet tunnel market temple garage bakery museum',
)
export const ANIMALS: readonly string[] = list('zebra tiger falcon otter panda rabbit salmon')
export const THINGS: readonly string[] = list(
  'stone engine mirror violin anchor feather hammer ladder marble pillow saddle shovel statue tablet umbrella wagon window',
)

/** All of them, each once, in a fixed order. */
export const NOUNS: readonly string[] = [
  ...new Set([
    ...CATEGORIES,
    ...OBJECTS,
    ...CONTAINERS,
    ...TOOLS,
    ...REQUESTS,
    ...NAMES,
    ...DESKS,
    ...COLORS,
    ...DISHES,
    ...SIDES,
    ...PLACES,
    ...ANIMALS,
    ...THINGS,
  ]),
]

const CONSONANTS = list('b d f g k l m n p r s t v z br dr fl gr kl pl st tr')
const VOWELS = list('a e i o u')

/** Words that nobody knows, e.g. `grobik`; made of two or three syllables. */
export function inventWord(pick: <T>(items: readonly T[]) => T, known: ReadonlySet<string>): string {
  for (;;) {
    const syllables = Array.from({ length: pick([2, 2, 3]) }, () => pick(CONSONANTS) + pick(VOWELS))
    const word = syllables.join('') + pick(['', '', 'n', 'k', 's'])
    if (!known.has(word)) return word
  }
}
