/** Which fields hold what nobody but their site may have, told from their attributes and labels in many languages. */
import type { Sensitivity } from './element-facts.ts'
import { foldText } from './fold.ts'

/** A field as its page describes it; empty where it says nothing. */
export interface FieldFacts {
  /** As the browser understands it; `textarea` and `select-one` too. */
  type: string
  autocomplete: string
  name: string
  id: string
  label: string
  inputMode?: string
  maxLength?: number
}

/** What a field holds, by what it says surely (`autocomplete`, `type`) and else by its names. */
export function sensitivityOf(field: FieldFacts): Sensitivity | null {
  const type = field.type.toLowerCase()
  if (NO_TEXT.has(type)) return null
  const said = saidBy(field.autocomplete)
  if (said) return said
  if (type === 'password') return looksLike(field, CARD) ? 'card' : looksLike(field, CODE) ? 'one-time-code' : 'password'
  if (looksLike(field, NEVER)) return null
  if (looksLike(field, CARD)) return 'card'
  if (looksLike(field, CODE) || (looksLike(field, ANY_CODE) && takesCode(field))) return 'one-time-code'
  if (['email', 'url', 'search', 'date'].includes(type)) return null
  if (looksLike(field, PASSWORD)) return 'password'
  return looksLike(field, SECRET) ? 'secret' : null
}

function saidBy(autocomplete: string): Sensitivity | null {
  const tokens = autocomplete.toLowerCase().split(/\s+/)
  if (tokens.some((token) => token.startsWith('cc-'))) return 'card'
  if (tokens.includes('one-time-code')) return 'one-time-code'
  return tokens.includes('current-password') || tokens.includes('new-password') ? 'password' : null
}

/** `cardNumber`, `card-number` and `Card number` are all alike. */
function looksLike({ name, id, label }: FieldFacts, pattern: RegExp): boolean {
  return [name, id, label].some((text) => {
    const words = ` ${foldText(
      text
        .slice(0, 500)
        .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
        .replaceAll('_', ' '),
    )} `
    return pattern.test(words)
  })
}

/** A few digits: a "code" that is typed, not one that names a country. */
function takesCode({ inputMode, maxLength, type }: FieldFacts): boolean {
  return (inputMode === 'numeric' || type === 'tel' || type === 'number') && maxLength !== undefined && maxLength <= 8
}

const NO_TEXT: ReadonlySet<string> = new Set('button submit reset image checkbox radio file color range'.split(' '))

/**
 * Entries are folded as labels are, so they are written as people write. `_` is a blank that may be missing. Long entries may end a
 * longer word (`loginpassword`); those of scripts without blanks stand anywhere.
 */
function pattern(entries: string): RegExp {
  const alternatives = entries.split(',').map((entry) => {
    const folded = entry.trim().split('_').map(foldText).join(' ?')
    if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Arabic}]/u.test(entry)) return folded
    return entry.trim().length < 8 ? ` ${folded} ` : `${folded} `
  })
  return new RegExp(alternatives.join('|'), 'u')
}

const CARD = pattern(
  `card_number, card_no, card_num, cc_number, cc_num, ccn, credit_card, credit_card_number, debit_card, debit_card_number, cvc, cvv, cvc2, cvv2, csc,
  card_code, card_cvc, card_cvv, card_security_code, card_verification, security_code_cvv, card_expiry, card_exp, cc_exp, exp_month, exp_year, pan,
  kartennummer, kreditkartennummer, kreditkarte, kartenprüfnummer, prüfnummer, numéro_de_carte, numéro_de_la_carte, carte_bancaire, cryptogramme,
  cryptogramme_visuel, número_de_tarjeta, número_de_la_tarjeta, número_tarjeta, no_de_tarjeta, n_de_tarjeta, tarjeta_de_crédito, numero_carta, numero_della_carta, numero_di_carta, carta_di_credito,
  número_do_cartão, número_de_cartão, cartão_de_crédito, kaartnummer, creditcardnummer, creditcard, numer_karty, karta_kredytowa, номер_карты, код_cvc, код_cvv,
  kart_numarası, kredi_kartı, kart_no, 卡号, 卡號, 信用卡, 银行卡, カード番号, クレジットカード, セキュリティコードcvv, 카드번호, 카드_번호, 신용카드, رقم_البطاقة, بطاقة_الائتمان`,
)

const CODE = pattern(
  `otp, otp_code, totp, one_time_code, one_time_password, one_time_passcode, onetime_code, passcode, pin, pin_number, tan, mfa, mfa_code, 2fa, 2fa_code,
  two_factor_code, verification_code, verify_code, security_code, confirmation_code, authentication_code, auth_code, authenticator_code, login_code, sms_code,
  access_code, backup_code, recovery_code, einmalcode, einmalpasswort, bestätigungscode, sicherheitscode, verifizierungscode, sms_tan,
  code_de_vérification, code_de_sécurité, code_de_confirmation, code_secret, código_de_verificación, código_de_seguridad, código_de_confirmación,
  codice_di_verifica, codice_di_sicurezza, codice_otp, código_de_verificação, código_de_segurança, verificatiecode, beveiligingscode, inlogcode,
  kod_weryfikacyjny, kod_jednorazowy, kod_sms, код_подтверждения, код_проверки, код_из_sms, одноразовый_пароль, пин_код, doğrulama_kodu, onay_kodu, güvenlik_kodu,
  验证码, 驗證碼, 校验码, 动态密码, 認証コード, 確認コード, 認証番号, 暗証番号, ワンタイムパスワード, 인증번호, 인증_번호, 인증_코드, 보안_코드, رمز_التحقق, رمز_التأكيد, كود_التحقق`,
)

const ANY_CODE = pattern('code, kode, código, codice, kod, kodu, код, digit, コード, 코드, رمز, 代码')

/** "Code" in these is none that opens anything. */
const NEVER = pattern(
  `zip, zip_code, postal_code, postcode, post_code, pin_code, pincode, area_code, country_code, promo_code, promotion_code, discount_code, coupon, coupon_code,
  voucher, voucher_code, gift_code, product_code, item_code, language_code, currency_code, postleitzahl, plz, code_postal, código_postal, codice_postale, cap,
  gutscheincode, kod_pocztowy, почтовый_индекс, posta_kodu, 邮政编码, 郵便番号, 우편번호, الرمز_البريدي`,
)

const PASSWORD = pattern(
  `password, passwords, passwd, pass_word, pwd, user_pass, passphrase, passwort, kennwort, mot_de_passe, motdepasse, mdp, contraseña, clave_de_acceso, senha,
  palavra_passe, wachtwoord, hasło, пароль, parola, şifre, şifreniz, lösenord, 密码, 密碼, パスワード, 비밀번호, 암호, كلمة_المرور, كلمة_السر`,
)

const SECRET = pattern(
  `secret, client_secret, secret_key, api_key, apikey, api_token, access_token, access_key, private_key, auth_token, bearer_token, recovery_phrase, seed_phrase,
  recovery_key, mnemonic, security_answer, ssn, social_security_number, iban, sozialversicherungsnummer, api_schlüssel, clé_api, clave_api, chiave_api, klucz_api,
  api_ключ, секретный_ключ, 密钥, apiキー, 秘密鍵, api_키`,
)
