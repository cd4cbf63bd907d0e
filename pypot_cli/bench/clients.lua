-- wrk: each request is one of a random player. Arguments: a file with a token a line, the key, the
-- function, the pot (none calls without arguments).
local tokens, headers, path, pot = {}, nil, nil, nil

function init(arguments)
    for line in io.lines(arguments[1]) do
        tokens[#tokens + 1] = line
    end
    headers = { ["apikey"] = arguments[2], ["Content-Type"] = "application/json",
        ["cf-ipcountry"] = "DE" }
    path = "/rest/v1/rpc/" .. arguments[3]
    pot = arguments[4]
    -- Threads begin alike; what tells them apart is where their tables are.
    math.randomseed(os.time() + tonumber(tostring(tokens):match("0x(%x+)"), 16) % 1000000)
end

function request()
    local player = math.random(#tokens)
    headers["Authorization"] = "Bearer " .. tokens[player]
    headers["x-device-id"] = "device-of-player-" .. player
    local body = "{}"
    if pot then
        local key = string.format("%08x%08x%08x", math.random(0, 2 ^ 31 - 1),
            math.random(0, 2 ^ 31 - 1), math.random(0, 2 ^ 31 - 1))
        body = '{"pot_id": "' .. pot .. '", "ticket_count": 1, "idempotency_key": "' .. key .. '"}'
    end
    return wrk.format("POST", path, headers, body)
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\nREPORT {"count": %d, "seconds": %f, "p50": %f, "p99": %f, "failed": %d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
        latency:percentile(99) / 1000,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
