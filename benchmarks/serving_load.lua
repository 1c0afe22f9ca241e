-- wrk's side of `serving-load`: every request has an id of its own; the figures come out as one line of JSON.
local threads = 0
function setup(thread)
  thread:set("place", threads)
  threads = threads + 1
end

function init(arguments)
  run, asked = arguments[1], 0
  flights = {}
  for line in io.lines(arguments[2]) do flights[#flights + 1] = line end
end

function request()
  asked = asked + 1
  local id = string.format("%s-%d-%d", run, place, asked)
  local body = string.format('{"id": "%s", "key": "%s", "features": %s}', id, id, flights[asked % #flights + 1])
  return wrk.format("POST", "/predict", {["content-type"] = "application/json"}, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
