// supabase-js: so many clients at once, each of a random player, call until the time is over.
// Arguments: where node_modules are, the rest as JSON. Prints what it measured as JSON.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(process.argv[2] + '/')
const { createClient } = require('@supabase/supabase-js')
const { url, key, tokens, call, pot, clients, seconds } = JSON.parse(process.argv[3])
const players = readFileSync(tokens, 'utf8').trim().split('\n')

// Realtime is not used; on Node 20 it asks for a WebSocket all the same.
globalThis.WebSocket ??= class {}
const made = new Map()
const clientOf = (player) => {
  if (!made.has(player)) {
    made.set(player, createClient(url, key, {
      accessToken: async () => players[player],
      global: { headers: { 'cf-ipcountry': 'DE', 'x-device-id': `device-of-player-${player}` } },
    }))
  }
  return made.get(player)
}

const latencies = []
let failed = 0
const began = performance.now()
const end = began + seconds * 1000
await Promise.all(Array.from({ length: clients }, async () => {
  while (performance.now() < end) {
    const client = clientOf(Math.floor(Math.random() * players.length))
    const args = pot
      ? { pot_id: pot, ticket_count: 1, idempotency_key: crypto.randomUUID() } : {}
    const start = performance.now()
    const { error } = await client.rpc(call, args)
    latencies.push(performance.now() - start)
    if (error) failed += 1
  }
}))
const took = (performance.now() - began) / 1000
latencies.sort((a, b) => a - b)
const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))]
console.log(JSON.stringify({
  count: latencies.length, seconds: took, p50: at(0.5), p99: at(0.99), failed,
}))
