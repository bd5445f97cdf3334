import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { whyWeak } from '../../../protocol/admin/weak-password.ts'

describe('a new password', () => {
  const WEAK: Readonly<Record<string, readonly string[]>> = {
    'of few different characters': ['aaaaaaaaaa', '1111111111', 'abababababab', '............'],
    'that repeats itself': ['abcdeabcdeabcde', 'Admin1Admin1'],
    'that is a sequence or a row of keys': [
      '1234567890',
      '0987654321',
      '12345678901234567890',
      '1234512345',
      'abcdefghij',
      'qwertyuiop',
      'QWERTYUIOP123',
      'qwertz12345',
      'asdfghjkl1',
      'a123456789',
    ],
    'that is one of the commonest, however it is dressed': [
      'password123',
      'Password2024!',
      'P@ssw0rd123',
      'passwordpassword1',
      'administrator',
      'letmein1234',
      'welcome123',
      'iloveyou12',
      'sunshine!!!1',
      '1q2w3e4r5t',
      '1qaz2wsx3edc',
      'qazwsxedc1',
      'changeme2026',
      'admin12345',
      'Ａｄｍｉｎ１２３４５！',
      'hello12345',
      'Passwort123',
      'summer2026!',
      'localhost123',
    ],
    'that is the name of the product or of the server': [
      'larder1234',
      'Larder2026!',
      'L@rder-larder1',
      'shopserver1',
      'shopserver.example.com',
      'larder.shopserver',
    ],
  }
  for (const [kind, passwords] of Object.entries(WEAK))
    test(`${kind} is refused, and why is said`, () => {
      for (const password of passwords) {
        const why = whyWeak(password, ['shopserver.example.com'])
        assert.match(why ?? `${password} passed`, /^(a|this) .*password|commonest/, password)
        assert.doesNotMatch(why ?? '', /\n/)
      }
    })

  const STRONG = [
    'correct horse battery',
    'größer als gedacht',
    'another good one',
    'rkT8-vu2Q-zz0M',
    'the larder behind the kitchen',
    'my password is a sentence',
    '7402918365',
    'Passwörter sind schwer',
    '密码很难记住吗真的是这样',
  ]
  test('that is a sentence, or random, is taken', () => {
    for (const password of STRONG)
      assert.equal(whyWeak(password, ['shopserver.example.com', '127.0.0.1']), null, password)
  })

  test('is looked at in no time, however long it is', () => {
    assert.equal(typeof whyWeak('1234'.repeat(256)), 'string')
    assert.equal(
      whyWeak(Array.from({ length: 1024 }, (_, at) => String.fromCharCode(97 + ((at * 7) % 26))).join('')),
      null,
    )
  })
})
