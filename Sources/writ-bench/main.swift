import Glibc

// writ-bench [--quick] [--only=NAME] [DIR]: one JSON line a figure, against a C anchor of the same run where there
// is a C compiler. DIR holds a workload of one's own, as `rules.txt` and `records.txt`.

let arguments = Array(CommandLine.arguments.dropFirst())
let only = arguments.first { $0.hasPrefix("--only=") }?.dropFirst(7) ?? ""
let bench = Bench(isQuick: arguments.contains("--quick"), only: String(only))
if let directory = arguments.first(where: { !$0.hasPrefix("--") }) {
  bench.decide(in: directory)
} else {
  bench.runAll()
}
