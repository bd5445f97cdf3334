/**
 * Why a new password is too easy to guess: it is one of the commonest, or made by a rule that guessers try first. Short, so that
 * the page can say it before it asks the server. It knows no hosts but those it is given. Pure.
 */

/** Shorter ones are refused by their length. Lower case; digits and letters that stand for one another are one. */
const COMMONEST = new Set(
  `password passw0rd p@ssword passwort kennwort motdepasse contrasena wachtwoord administrator adminadmin admin letmein welcome
  willkommen hello hallo bonjour localhost system manager support office company summer sommer winter spring autumn herbst
  january february march april june july august september october november december monday friday sunday changeme iloveyou sunshine princess football
  baseball basketball superman batman starwars pokemon minecraft trustno1 whatever computer internet samsung microsoft michelle
  jennifer alexander christopher elizabeth manchester liverpool chelsea arsenal strawberry chocolate motherlode unbelievable
  midnight mustang shadow monkey dragon master secret qwerty qwertz azerty default guest kiosk test user login root
  1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 1qazxsw23edc zaq12wsx zaq12wsxcde3 q1w2e3r4 q1w2e3r4t5
  q1w2e3r4t5y6 qazwsx qazwsxedc asdf asdfgh zxcvbn qweasd qweasdzxc 123qwe 123qweasd 123qweasdzxc a1b2c3d4e5 abc123`
    .split(/\s+/)
    .map(folded),
)

/** Rows of keyboards and of what people count; also read backwards, and from any place on. */
const SEQUENCES = [
  '01234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
]
const PRODUCT = 'larder'
/** What a password may be made of beside a common word: fewer characters are guessed along with it. */
const MIN_BESIDE = 5
const MIN_DIFFERENT = 5

/** A sentence, or null. `hosts`: names under which the server is reached. */
export function whyWeak(password: string, hosts: readonly string[] = []): string | null {
  const plain = password.normalize('NFKC').toLowerCase()
  if (new Set(plain).size < MIN_DIFFERENT)
    return `a password has at least ${MIN_DIFFERENT} different characters`
  if (isRepeated(plain)) return 'this password repeats a few characters; choose one that does not'
  if (withoutSequences(plain).length < MIN_BESIDE)
    return 'this password is a row of keys or a sequence; choose another one'
  const names = [PRODUCT, ...hosts.flatMap(host => [host, ...host.split('.')])]
    .map(folded)
    .filter(name => name.length >= MIN_BESIDE - 1 && /[a-z]/.test(name))
  if (isMadeOf(plain, names))
    return 'this password is made of the name of the product or the server; choose another one'
  if ([...COMMONEST].some(word => isMadeOf(plain, [word])))
    return 'this is one of the commonest passwords; choose another one'
  return null
}

/** Of itself: `abcabcabcabc`. */
function isRepeated(text: string): boolean {
  for (let period = 1; period <= text.length / 2 && period <= 6; period++)
    if (
      text ===
      text
        .slice(0, period)
        .repeat(Math.ceil(text.length / period))
        .slice(0, text.length)
    )
      return true
  return false
}

function withoutSequences(text: string): string {
  const rows = SEQUENCES.flatMap(row => [row, [...row].reverse().join('')])
  let left = ''
  for (let at = 0; at < text.length; ) {
    let length = Math.min(text.length - at, 26)
    while (length >= 4 && !rows.some(row => row.includes(text.slice(at, at + length)))) length--
    if (length >= 4) at += length
    else left += text[at++]
  }
  return left
}

/** Whether next to nothing is left without the words, and without the digits and signs that people put at their ends. */
function isMadeOf(plain: string, words: readonly string[]): boolean {
  // Folded, the digits at its ends would look like letters.
  return [folded(plain), folded(withoutTail(plain))].some(text => {
    const left = words.reduce((rest, word) => rest.replaceAll(word, ''), text)
    return left !== text && withoutTail(left).length < MIN_BESIDE
  })
}

const withoutTail = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')

/** One spelling for those that people swap. */
function folded(text: string): string {
  const swaps: Readonly<Record<string, string>> = { '@': 'a', '4': 'a', '3': 'e', '0': 'o', $: 's', '5': 's' }
  return [...text.toLowerCase()].map(letter => swaps[letter] ?? letter).join('')
}
