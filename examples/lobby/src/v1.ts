/** Version 1.0.0 of the lobby screen. */
import { startLobby } from './lobby.ts'

await startLobby('1.0.0')
