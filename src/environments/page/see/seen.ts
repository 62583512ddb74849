/** What one reading of the page found: elements and texts, in the order in which a person meets them. */
import type { Colour } from './colour.ts'
import type { Box, Clip } from './geometry.ts'
import type { Veil } from './overlays.ts'

/** A document that is read, and where its origin lies in the top window's viewport. */
export interface Space {
  document: Document
  view: Window
  dx: number
  dy: number
  /** What a person can reach by scrolling the document. */
  page: Clip
  /** What fixed boxes are clipped by. */
  viewport: Clip
  /** The frame that shows it. */
  frame: Seen | null
}

/** An element that has a box, or lets its children have theirs. */
export interface Seen {
  kind: 'element'
  element: Element
  tag: string
  /** Has attributes at all. */
  attributed: boolean
  parent: Seen | null
  space: Space
  style: CSSStyleDeclaration
  /** Where it begins and ends in the stream of what was seen; what lies between is its inside. */
  start: number
  end: number
  /** Product of the opacities around it, its own among them. */
  opacity: number
  /** What mixes the colours in it with those behind it: itself, or something around it. */
  blend: Seen | null
  /** `visibility: hidden`, which its children need not inherit. */
  hidden: boolean
  /** `inert`, by itself or from outside. */
  inert: boolean
  /** Its boxes are painted above everything else. */
  topLayer: boolean
  position: string
  /** What clips the element, and what clips its inside. */
  clip: Clip | null
  inside: Clip | null
  /** Clip paths, which no position escapes from. */
  mask: Clip | null
  /** Computed `background-color` and `background-image`; empty where there is none. */
  background: string
  image: string
  /** Texts directly in it are large enough to be read, and rendered. Undefined until somebody asks. */
  legible: boolean | undefined
  /** What it covers where that is not its own box. */
  cover: Box | null
  /** A pseudo-element around it, or of its own, that is painted over what is in it. */
  veil: Veil | null
  /** What texts in it stand upon. Undefined until somebody asks. */
  backdrop: Backdrop | undefined
  /** Holds positioned boxes that are inside. Undefined until somebody asks. */
  holds: boolean | undefined
  /** Explicit or implied ARIA role. */
  role: string | null
  /** Can be acted on, by its role or because it is made to be clicked. */
  usable: boolean
  /** What its states and values are read from: itself, or the control that a label stands for where the control cannot be seen. */
  control: Element
  /** Its own box, where it was needed. */
  box: Box | null
  /** What a person can see of its box: known for what is usable, and for pictures. */
  place: Box | null
  name: string
  ref: string
  /** Has the hand as its cursor. Undefined until somebody asks. */
  hand: boolean | undefined
  /** What a row says, which controls in it are recognised by. Undefined until somebody asks. */
  rowText: string | undefined
}

/** Colours behind a text: one, or the stops of a gradient; none where a picture is behind it. */
export interface Backdrop {
  colours: readonly Colour[]
  /** The element that paints it; `null` for the page's own ground. */
  by: Seen | null
}

/** A text node, or as much of it as can be seen. */
export interface Run {
  kind: 'text'
  node: Node
  parent: Seen
  text: string
  /** Characters of the text node that were not looked at. */
  rest: number
  /** The text begins, or ends, with white space. */
  spaced: readonly [boolean, boolean]
  box: Box
  /** Where it is seen, or can be scrolled to. */
  place: Box
  visible: boolean
}

export type Item = Seen | Run

/** One reading. */
export interface Reading {
  stream: readonly Item[]
  seen: ReadonlyMap<Element, Seen>
  spaces: readonly Space[]
  /** The dialog that keeps everything else from being used, in the top document. */
  modal: Seen | null
  /** The element that has the keyboard, in whatever shadow tree or frame. */
  focused: Element | null
  elements: number
}

/** Everything under `outer` and itself. */
export function contains(outer: Seen, item: Item): boolean {
  const { start } = item.kind === 'element' ? item : item.parent
  return start >= outer.start && start < outer.end
}
