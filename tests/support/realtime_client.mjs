// supabase-js on a leash: commands as JSON lines on stdin, what happens as JSON lines on stdout.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(process.argv[2] + '/')
const { createClient } = require('@supabase/supabase-js')
const transport = require('ws')

const clients = {}
const channels = {}
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n')

const commands = {
  client({ name, url, key, token }) {
    clients[name] = createClient(url, key, {
      auth: { persistSession: false, autoRefreshToken: false },
      realtime: { transport },
      ...(token ? { accessToken: async () => token } : {}),
    })
  },
  async setAuth({ name, token }) {
    await clients[name].realtime.setAuth(token)
  },
  subscribe({ name, id, topic, config, presence }) {
    const channel = clients[name].channel(topic, { config })
    channel.on('broadcast', { event: '*' }, (message) => say({ id, on: 'broadcast', message }))
    channel.on('system', {}, (message) => say({ id, on: 'system', message }))
    if (presence) {
      channel.on('presence', { event: 'sync' }, () =>
        say({ id, on: 'sync', state: channel.presenceState() }))
    }
    channels[id] = channel
    channel.subscribe((status, error) =>
      say({ id, on: 'status', status, error: error?.message ?? null }))
  },
  async send({ id, event, payload }) {
    say({ id, on: 'sent', answer: await channels[id].send({ type: 'broadcast', event, payload }) })
  },
  async track({ id, payload }) {
    say({ id, on: 'tracked', answer: await channels[id].track(payload) })
  },
  async untrack({ id }) {
    say({ id, on: 'untracked', answer: await channels[id].untrack() })
  },
  async unsubscribe({ id }) {
    say({ id, on: 'unsubscribed', answer: await channels[id].unsubscribe() })
  },
  async disconnect({ name }) {
    await clients[name].realtime.disconnect()
    say({ on: 'disconnected' })
  },
}

const lines = createInterface({ input: process.stdin })
lines.on('line', async (line) => {
  const command = JSON.parse(line)
  try {
    await commands[command.do](command)
    say({ on: 'done', of: command.do })
  } catch (error) {
    say({ on: 'failed', of: command.do, error: String(error) })
  }
})
lines.on('close', () => process.exit(0))
say({ on: 'ready' })
