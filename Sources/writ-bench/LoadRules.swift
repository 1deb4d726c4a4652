import WritNetwork
import WritRules
import WritSyntax
import WritText

extension Workload {
  /// From the text of a rule file to a network that is ready, in its three stages.
  static let load = Workload(
    name: "load", usage: "", summary: "parse, check and compile 100 to 100,000 rules"
  ) { options in
    for count in options.isQuick ? [100, 1_000] : [100, 1_000, 10_000, 100_000]
    where options.wants("load-\(count)") {
      let text = WorkloadS(rules: count, requests: 1, seed: 1).ruleText
      var sources = Sources()
      let id = sources.add(Source(name: "rules.writ", text: text))
      var times = (parse: [Double](), check: [Double](), compile: [Double](), all: [Double]())
      let passes = count > 10_000 ? 3 : options.isQuick ? 3 : 9
      // The first pass does not count.
      for pass in 0...passes {
        let start = Figure.Clock.processor.now
        let parsed = Parser.parse(sources[id], id: id)
        let afterParse = Figure.Clock.processor.now
        let checked = Program.checking([parsed.tree], sources: sources, effort: .quick)
        let afterCheck = Figure.Clock.processor.now
        let network = Network(compiling: checked.program)
        let end = Figure.Clock.processor.now
        if let error = (parsed.diagnostics + checked.diagnostics).first(where: {
          $0.severity == .error
        }) {
          reportError("load-\(count): \(error.message.english)")
          return false
        }
        guard pass > 0, !network.program.attributes.isEmpty else { continue }
        times.parse.append((afterParse - start) / 1e6)
        times.check.append((afterCheck - afterParse) / 1e6)
        times.compile.append((end - afterCheck) / 1e6)
        times.all.append((end - start) / 1e6)
      }
      let megabytes = Double(text.utf8.count) / 1e6
      let parts = [
        ("parse_ms", Figure(times.parse).median.shown),
        ("check_ms", Figure(times.check).median.shown),
        ("compile_ms", Figure(times.compile).median.shown), ("megabytes", megabytes.shown),
      ]
      report(
        "load-\(count)", Figure(times.all), unit: "ms", target: count == 10_000 ? 100 : nil,
        also: parts)
    }
    return true
  }
}
