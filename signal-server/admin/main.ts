/** The admin page begins here. */
import './web-awesome.ts'
import { askSession, watchForLogout } from './session-state.ts'
import { startTheme } from './theme.ts'
import './shell/admin-shell.ts'

startTheme()
watchForLogout()
void askSession()
