/** Light, dark, or as the system wishes; kept in this browser. */
import { Store } from './store.ts'

export type Theme = 'system' | 'light' | 'dark'
const KEY = 'larder-theme'
const systemIsDark = matchMedia('(prefers-color-scheme: dark)')

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system'
  }
}

export const theme = new Store<Theme>(stored())

function apply(): void {
  const root = document.documentElement
  const { value } = theme
  if (value === 'system') delete root.dataset.theme
  else root.dataset.theme = value
  root.classList.toggle('wa-dark', value === 'dark' || (value === 'system' && systemIsDark.matches))
  // Drawn, not styled: charts and graphs read their colours anew.
  dispatchEvent(new CustomEvent('larder-theme'))
}

/** Applies the theme and follows the system's changes. Called once. */
export function startTheme(): void {
  apply()
  systemIsDark.addEventListener('change', apply)
  theme.subscribe(value => {
    try {
      if (value === 'system') localStorage.removeItem(KEY)
      else localStorage.setItem(KEY, value)
    } catch {
      // A browser that keeps nothing still shows the choice.
    }
    apply()
  })
}
