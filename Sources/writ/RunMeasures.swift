import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

/// The measures of a run: those over the records that pass by are added up as they pass, the others
/// are asked for at the end.
final class RunMeasures {
  private let measures: [Measure]
  private let streamed: RecordID?
  private var totals: [MeasureTotals] = []

  init(_ measures: [Measure], streamed: RecordID?) {
    self.measures = measures
    self.streamed = streamed
  }

  /// Those over the records that pass by.
  var passing: [Measure] { measures.filter(passesBy) }

  private func passesBy(_ measure: Measure) -> Bool {
    streamed != nil && measure.record == streamed
  }

  /// What the records that passed by came to, in the order of `passing`.
  func take(_ totals: [MeasureTotals]) { self.totals = totals }

  /// A line for each measure, in written order.
  func lines(_ memory: Memory, _ language: Language) -> [Phrase] {
    let wording = Wording(program: memory.network.program, language: language)
    var passed = totals[...]
    return measures.map { measure in
      let value: Value
      if passesBy(measure) {
        value = passed.popFirst()?.value(of: measure) ?? .missing(Cause(.empty))
      } else {
        value = memory.value(of: measure.term, in: Frame(slots: [], today: memory.today))
      }
      let told = wording.text(value, measure.type, in: memory.facts)
      return Phrase("\(measure.title): \(told)", zh: "\(measure.title)：\(told)")
    }
  }
}
