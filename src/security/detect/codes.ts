/**
 * One-time codes: 4 to 8 digits near a word that speaks of such a code. A bare "code" must stand right beside them, and not be the code
 * of a country or a discount.
 */
import { withPlainDigits } from './cards.ts'
import { BARRIER, FOUND_CODE, type Span } from './span.ts'

export function* findCodes(text: string): Iterable<Span> {
  const plain = withPlainDigits(text)
  for (const { 0: word, index } of plain.matchAll(STRONG))
    if (!/^(?:pin|tan) \d/.test(plain.slice(index, index + 5))) yield* near(plain, index, index + word.length, ABBREVIATION.test(word))
  for (const { 0: word, index } of plain.matchAll(WEAK))
    if (!OTHER_CODE.test(plain.slice(Math.max(0, index - 24), index)) && !OF_PROGRAMS.test(plain.slice(index, index + 16)))
      yield* near(plain, index, index + word.length, true)
}

/**
 * The number that is nearest to a word; with `beside`, only one with nothing but "is" and the like between. Nothing where a code that was
 * taken out before is nearer still: the word was its.
 */
function* near(text: string, start: number, end: number, beside: boolean): Iterable<Span> {
  const after = firstCode(text, end, beside)
  const before = lastCode(text, start, beside)
  const gapAfter = after ? after.start - end : Infinity
  const gapBefore = before ? start - before.end : Infinity
  const nearest = gapAfter <= gapBefore ? after : before
  if (nearest && Math.min(gapAfter, gapBefore) <= gapToFound(text, start, end)) yield nearest
}

function gapToFound(text: string, start: number, end: number): number {
  const after = text.slice(end, end + REACH)
  const before = text.slice(Math.max(0, start - REACH), start)
  const [next, last] = [after.indexOf(FOUND_CODE), before.lastIndexOf(FOUND_CODE)]
  return Math.min(
    next === -1 || ENDS.test(after.slice(0, next)) ? Infinity : next,
    last === -1 || ENDS.test(before.slice(last + 1)) ? Infinity : before.length - last - 1,
  )
}

function firstCode(text: string, from: number, beside: boolean): Span | null {
  const reach = windowAfter(text, from)
  for (const { 0: code, index } of reach.matchAll(CODE)) {
    // "Security codes 2023": a year, unless something says that it is the code.
    if (reach.slice(0, index) === ' ' && isYear(code) && !ABBREVIATED.test(text.slice(Math.max(0, from - 4), from))) return null
    if (isBeside(reach.slice(0, index)) || !(beside || isYear(code) || /[\n|]/.test(reach.slice(0, index)))) return span(from + index, code)
    if (beside) break
  }
  return null
}

function lastCode(text: string, to: number, beside: boolean): Span | null {
  const from = Math.max(0, to - REACH)
  const reach = text.slice(from, to)
  let found: Span | null = null
  for (const { 0: code, index } of reach.matchAll(CODE)) {
    const cut = index === 0 && from > 0
    const between = reach.slice(index + code.length)
    const linked = beside ? BEFORE.test(between) : LINKED.test(between) && !ENDS.test(between) && !isYear(code)
    if (!cut && linked) found = span(from + index, code)
  }
  return found
}

/** What follows, until a sentence or a placeholder ends it. */
function windowAfter(text: string, from: number): string {
  const reach = text.slice(from, from + REACH + 12)
  const end = reach.search(ENDS_AFTER)
  const cut = end === -1 ? reach : reach.slice(0, end)
  return cut.length <= REACH ? cut : cut.replace(/[\d -]*$/, '')
}

function isBeside(between: string): boolean {
  return between.length <= 40 && BESIDE.test(between)
}

function isYear(code: string): boolean {
  return /^(?:19|20)\d\d$/.test(code)
}

function span(start: number, code: string): Span {
  return { start, end: start + code.length, kind: 'one-time-code' }
}

/** In characters. */
const REACH = 64

/** Alone or in two halves; no part of a price, a date, a time, a longer number, or a name such as `e1234`. */
const CODE =
  /(?<![A-Za-z0-9_$€£¥₽₺₩₹+#]|[$€£¥₽₺₩₹] |\d[.,:/ -])(?:(?:\d{3}[ -]\d{3}|\d{4}[ -]\d{4}|\d\d[ -]\d\d[ -]\d\d|\d(?:[ -]\d){3,7})(?![ -]?\d)|\d{4,8}(?![ -]\d{3}|-\d{1,2}-\d))(?![A-Za-z0-9_%$€£¥₽₺₩₹]|[.,:/]\d| ?[$€£¥₽₺₩₹]| (?:EUR|USD|GBP)\b)/g

const BARRIERS = `${BARRIER}${FOUND_CODE}`
const LINK = 'is|are|to|as|now|your|the|ist|lautet|sind|est|es|son|è|é|jest|wynosi|om|olan|هو|это|are:'
const BESIDE = new RegExp(`^[^\\p{L}\\d${BARRIERS}]{0,8}(?:(?:${LINK}|[はをが是为為은는이가])[^\\p{L}\\d${BARRIERS}]{0,8}){0,2}$`, 'iu')
const BEFORE = new RegExp(`^[^\\p{L}\\d.!?\\n${BARRIERS}]{1,4}(?:\\p{L}{1,10}[ :"“„]{1,3}){1,3}$`, 'u')
/** "… is your", "… as your", "… — ": what stands before a word by chance has no such link to it. */
const LINKED = new RegExp(
  `^[ "'”»]{0,3}(?:(?:[–—=-]|${LINK}|as|als|comme|como|come|jako|как)(?!\\p{L})|[はをが是为為은는이가])[^|\\n]*$`,
  'iu',
)
const ENDS = new RegExp(`[.!?]\\s|[。！？\\n${BARRIERS}]`)
const ENDS_AFTER = new RegExp(`[.!?]\\s|[。！？${BARRIERS}]`)

/** Names of other things than a code as well, so that a number must stand right beside them. */
const ABBREVIATED = /(?:^|[^\p{L}])(?:pin|tan|otp|2fa|mfa)$/iu
const ABBREVIATION = /^(?:pin|tan|otp|2fa|mfa|verification|clave)$/i

const STRONG = new RegExp(
  `(?<![\\p{Script=Latin}\\p{Script=Cyrillic}\\d])(?:${[
    'totp|2fa code|mfa code|passcode|one[- ]time (?:pass(?:word|code)|code|pin)',
    '(?:verification|security|confirmation|authentication|authenticator|authorization|auth|access|log-?in|sign-?in|sms|recovery|2fa|otp|pin)[ -]codes?',
    '(?:einmal|bestätigungs|sicherheits|verifizierungs|anmelde|freischalt|zugangs|prüf|sms-?)(?:code|kennwort|passwort|pin)s?',
    "codes? (?:de |d['’]|à )(?:vérification|sécurité|confirmation|accès|connexion|validation|usage unique)|code secret",
    'códigos? (?:de |de un )(?:verificación|seguridad|confirmación|acceso|solo uso|un solo uso|uso único)',
    "codic[ei] (?:di |d[’'])(?:verifica|sicurezza|conferma|accesso)|codice (?:usa e getta|monouso|otp)",
    'códigos? de (?:verificação|segurança|confirmação|acesso|uso único)',
    '(?:verificatie|beveiligings|bevestigings|inlog|toegangs|eenmalige )-?codes?',
    'kod\\p{L}{0,3} (?:weryfikacyjn|jednorazow|autoryzacyjn|potwierdz|bezpieczeństwa|sms|dostępu)\\p{L}{0,8}',
    'код\\p{L}{0,2} (?:подтверждени|проверк|доступ|безопасност|верификаци|авторизаци)\\p{L}{0,3}|одноразов\\p{L}{1,3} (?:код|парол)\\p{L}{0,2}|пин-?код',
    '验证码|驗證碼|校验码|校驗碼|动态密码|動態密碼|动态码|确认码|確認碼',
    '認証コード|確認コード|検証コード|認証番号|暗証番号|ワンタイムパスワード|セキュリティコード',
    '인증 ?번호|인증 ?코드|확인 ?코드|보안 ?코드|일회용 ?(?:비밀번호|암호)',
    '(?:رمز|كود) (?:ال)?(?:تحقق|تأكيد|أمان|دخول|تفعيل)|كلمة (?:ال)?مرور لمرة واحدة',
    '(?:doğrulama|onay|güvenlik|giriş|tek kullanımlık) (?:kod|şifre|parola)\\p{L}{0,6}',
    'pin|tan|otp|2fa|mfa|verification|clave',
  ].join('|')})(?![\\p{Script=Latin}\\p{Script=Cyrillic}\\d])`,
  'giu',
)

const WEAK =
  /(?<![\p{L}\d])(?:code|codice|código|kod|kodu|kode|код|コード|코드|رمز|代码)(?![\p{L}\d]| (?:post|poczt|promo|fiscal|pays|país|barre|barra|erreur|errore|de error|article|produ|товара))/giu

/** In a program it is compared, or a statement ends behind its number. */
const OF_PROGRAMS = /^\p{L}+ ?(?:[=!]==?|[<>]=?|= ?\d{1,8};)/u

/** Codes that are no secret. */
const OTHER_CODE =
  /(?:zip|post(?:al|leit)?|area|country|errors?|status|exit|product|item|order|promo\p{L}{0,6}|discount|coupon|voucher|gift|source|bar|qr|tax|sort|swift|bank|dial\p{L}{0,4}|colou?r|language|currency|booking|reservation|tracking|article|model|part|building|response|http|reference|ref|invite|referral|unicode|dress|region|airport|station|department|course|project|customer|product|sku|hs|icd|morse|machine|line|lines|of)[\s-]{0,3}$/iu
