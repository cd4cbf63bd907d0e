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
  client({ name, url, key, token, headers }) {
    clients[name] = createClient(url, key, {
      global: { headers: headers ?? {} },
      auth: { persistSession: false, autoRefreshToken: false },
      realtime: { transport },
      ...(token ? { accessToken: async () => token } : {}),
    })
  },
  async signUp({ name, email, password }) {
    const { data, error } = await clients[name].auth.signUp({ email, password })
    say({ on: 'answer', of: 'signUp', data, error: error?.code ?? null })
  },
  async signInAnonymously({ name }) {
    const { data, error } = await clients[name].auth.signInAnonymously()
    say({ on: 'answer', of: 'signInAnonymously', data, error: error?.code ?? null })
  },
  async rpc({ name, call, args, get }) {
    const { data, error, status } = await clients[name].rpc(call, args, { get })
    const told = error && {
      code: error.code, message: error.message, details: error.details, hint: error.hint,
    }
    say({ on: 'answer', of: call, data, error: told, status })
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
