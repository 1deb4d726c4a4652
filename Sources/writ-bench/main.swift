import Glibc

// writ-bench [--quick] [--only=NAME] [WORKLOAD …]: one JSON line a figure, against a C anchor of the same run
// where there is a C compiler. Without a workload all of them; a directory is a workload of one's own, as
// `rules.txt` and `records.txt`.

var options = Workload.Options()
for word in CommandLine.arguments.dropFirst() {
  if word == "--quick" {
    options.isQuick = true
  } else if word.hasPrefix("--only=") {
    options.only = String(word.dropFirst(7))
  } else if word == "--help" || word == "-h" {
    print(Workload.help, terminator: "")
    exit(0)
  } else {
    options.operands.append(word)
  }
}
// A `Bench` is made only where it measures: it compiles its anchors first.
if let name = options.operands.first {
  if let workload = Workload.named(name) {
    options.operands.removeFirst()
    exit(workload.run(options) ? 0 : 1)
  }
  let bench = Bench(isQuick: options.isQuick, only: options.only)
  bench.decide(in: name)
  exit(bench.end() ? 0 : 1)
} else {
  let bench = Bench(isQuick: options.isQuick, only: options.only)
  bench.runAll()
  _ = bench.end()
  for workload in Workload.all where workload.isPartOfAll { _ = workload.run(options) }
}
