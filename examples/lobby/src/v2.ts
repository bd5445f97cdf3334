/** Version 1.1.0: 1.0.0 with the departures card. */
import { departuresCard } from './departures-card.ts'
import { startLobby } from './lobby.ts'

await startLobby('1.1.0', [departuresCard])
