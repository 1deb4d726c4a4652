import WritModel
import WritRules

/// The plan of a matcher, flat: what a change runs through again and again.
final class Walks {
  typealias Nodes = Range<Int>

  struct Site {
    var production: Int
    var slot: Int
    var local: Int
    var record: Int
    /// Its own conditions; -1: it has none.
    var alpha: Int
    var steps: Range<Int>
  }
  struct Step {
    var slot: Int32
    var site: Int32
    var index: Int
    var isKeyed: Bool
    var probe: Nodes
    var tests: Nodes
  }
  /// A quantifier that is asked by a probe, or a condition that is worked out as it is.
  struct Check {
    var isQuantifier: Bool
    var node: Int32 = -1
    var index = -1
    var binder = 0
    var probe: Nodes = 0..<0
    var tests: Nodes = 0..<0
    var wantsNone = false
  }
  struct Production {
    var isAlert: Bool
    var isGated: Bool
    /// Whether its tokens are looked at again once they are found.
    var hasChecks: Bool
    var checks: Range<Int>
    var closed: Range<Int>
    var stamps: Nodes
    var closedStamps: Nodes
    var softTests: Nodes
    /// -1: it is `fixedPriority`.
    var priority: Int32
    var fixedPriority: Int64
  }
  let sites: UnsafeMutablePointer<Site>
  let steps: UnsafeMutablePointer<Step>
  let productions: UnsafeMutablePointer<Production>
  let checks: UnsafeMutablePointer<Check>
  let nodes: UnsafeMutablePointer<Int32>

  init(_ plan: MatchPlan) {
    var all: [Int32] = []
    func put(_ list: [Int32]) -> Nodes {
      all += list
      return all.count - list.count..<all.count
    }
    var steps: [Step] = []
    let sites = plan.sites.map { site -> Site in
      let first = steps.count
      for step in site.steps {
        steps.append(
          Step(
            slot: Int32(step.slot), site: Int32(step.site), index: step.index,
            isKeyed: !plan.indexes[step.index].keys.isEmpty, probe: put(step.probe),
            tests: put(step.tests)))
      }
      return Site(
        production: site.production, slot: site.slot, local: site.local, record: site.record,
        alpha: site.alpha, steps: first..<steps.count)
    }
    var checks: [Check] = []
    func put(_ list: [MatchPlan.Check]) -> Range<Int> {
      for check in list {
        switch check {
        case .general(let node): checks.append(Check(isQuantifier: false, node: node))
        case .quantifier(let quantifier):
          checks.append(
            Check(
              isQuantifier: true, index: quantifier.index, binder: quantifier.binder,
              probe: put(quantifier.probe), tests: put(quantifier.tests),
              wantsNone: quantifier.wantsNone))
        }
      }
      return checks.count - list.count..<checks.count
    }
    let productions = plan.matched.map {
      Production(
        isAlert: $0.isAlert, isGated: $0.isGated,
        hasChecks: !$0.checks.isEmpty || !$0.stamps.isEmpty, checks: put($0.checks),
        closed: put($0.closed), stamps: put($0.stamps), closedStamps: put($0.closedStamps),
        softTests: put($0.softTests), priority: $0.priority ?? -1,
        fixedPriority: $0.fixedPriority)
    }
    self.sites = Self.laid(sites)
    self.steps = Self.laid(steps)
    self.productions = Self.laid(productions)
    self.checks = Self.laid(checks)
    nodes = Self.laid(all)
  }

  private static func laid<Element>(_ list: [Element]) -> UnsafeMutablePointer<Element> {
    let base = UnsafeMutablePointer<Element>.allocate(capacity: max(list.count, 1))
    base.initialize(from: list, count: list.count)
    return base
  }

  deinit {
    sites.deallocate()
    steps.deallocate()
    productions.deallocate()
    checks.deallocate()
    nodes.deallocate()
  }

  @inline(__always)
  func hold(
    _ range: Nodes, _ machine: RowMachine, _ rows: UnsafeMutablePointer<Int32>
  ) -> Bool {
    var place = range.lowerBound
    while place < range.upperBound {
      if !machine.holds(nodes[place], rows) { return false }
      place += 1
    }
    return true
  }

  /// The hash of what is looked for; nil if a part is not known.
  @inline(__always)
  func probe(
    _ range: Nodes, _ machine: RowMachine, _ rows: UnsafeMutablePointer<Int32>
  ) -> UInt32? {
    var hash: UInt64 = 0
    var place = range.lowerBound
    while place < range.upperBound {
      let value = machine.value(nodes[place], rows)
      guard value.isKnown else { return nil }
      hash = KeyTable.combined(hash, value.hashBits)
      place += 1
    }
    return RowIndex.folded(hash)
  }
}
