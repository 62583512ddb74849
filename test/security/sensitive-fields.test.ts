import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sensitivityOf, type FieldFacts } from '../../src/security/sensitive-fields.ts'

const field = (facts: Partial<FieldFacts>): FieldFacts => ({ type: 'text', autocomplete: '', name: '', id: '', label: '', ...facts })

test.each<[Partial<FieldFacts>, string]>([
  [{ type: 'password' }, 'password'],
  [{ type: 'password', autocomplete: 'one-time-code' }, 'one-time-code'],
  [{ type: 'password', name: 'cvc' }, 'card'],
  [{ type: 'password', label: 'PIN' }, 'one-time-code'],
  [{ autocomplete: 'current-password' }, 'password'],
  [{ autocomplete: 'NEW-PASSWORD' }, 'password'],
  [{ autocomplete: 'section-pay billing cc-number' }, 'card'],
  [{ autocomplete: 'cc-exp' }, 'card'],
  [{ type: 'select-one', autocomplete: 'cc-exp-month' }, 'card'],
  [{ type: 'tel', name: 'cardNumber' }, 'card'],
  [{ id: 'card-number' }, 'card'],
  [{ id: 'billing_credit_card_number' }, 'card'],
  [{ name: 'ccnumber' }, 'card'],
  [{ label: 'Card number (required)' }, 'card'],
  [{ label: 'Numéro de carte' }, 'card'],
  [{ label: 'Kartennummer' }, 'card'],
  [{ label: 'Nº de tarjeta' }, 'card'],
  [{ label: 'カード番号' }, 'card'],
  [{ label: '카드 번호' }, 'card'],
  [{ label: 'Номер карты' }, 'card'],
  [{ name: 'user[password]' }, 'password'],
  [{ name: 'loginpassword' }, 'password'],
  [{ label: 'Pаsswоrd' }, 'password'],
  [{ label: 'Mot de passe' }, 'password'],
  [{ label: 'Contraseña' }, 'password'],
  [{ label: 'Hasło' }, 'password'],
  [{ label: 'Пароль' }, 'password'],
  [{ label: '密码' }, 'password'],
  [{ label: 'パスワード' }, 'password'],
  [{ label: '비밀번호 확인' }, 'password'],
  [{ label: 'كلمة المرور' }, 'password'],
  [{ label: 'Şifreniz' }, 'password'],
  [{ label: 'Verification code' }, 'one-time-code'],
  [{ name: 'otp' }, 'one-time-code'],
  [{ name: 'smsTan', label: 'SMS-TAN' }, 'one-time-code'],
  [{ name: 'code', inputMode: 'numeric', maxLength: 6 }, 'one-time-code'],
  [{ type: 'tel', label: 'Digit 1', maxLength: 1 }, 'one-time-code'],
  [{ label: '验证码' }, 'one-time-code'],
  [{ name: 'apiKey' }, 'secret'],
  [{ type: 'textarea', label: 'Recovery phrase' }, 'secret'],
])('%o holds a secret: %s', (facts, expected) => {
  expect(sensitivityOf(field(facts))).toBe(expected)
})

test.each<Partial<FieldFacts>>([
  { name: 'q', type: 'search', label: 'Search the company' },
  { label: 'Panel, captain, spinner, titan' },
  { name: 'zip_code', label: 'ZIP code', inputMode: 'numeric', maxLength: 5 },
  { label: 'PIN code', name: 'pincode' },
  { label: 'Postleitzahl' },
  { label: 'Promo code', maxLength: 8, type: 'tel' },
  { name: 'code' },
  { label: 'Country code' },
  { type: 'checkbox', label: 'Show password' },
  { type: 'submit', label: 'Reset password' },
  { type: 'radio', label: 'Credit card' },
  { type: 'email', autocomplete: 'email', label: 'Email for password reset' },
  { autocomplete: 'username', label: 'User name' },
  { label: 'Full name', autocomplete: 'name' },
  { label: 'Monkey, keyboard, tokenised' },
])('%o holds none', (facts) => {
  expect(sensitivityOf(field(facts))).toBeNull()
})

test('no label takes from a field what its type and autocomplete say', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.constantFrom('Postcode', 'Search', 'ZIP code', ''), (name, id, label) => {
      expect(sensitivityOf(field({ type: 'password', name, id, label }))).not.toBeNull()
      expect(sensitivityOf(field({ autocomplete: 'cc-number', name, id, label }))).toBe('card')
    }),
  )
})
