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
    var probe: Nodes
    /// Asked of one row of a group; of each row.
    var keyTests: Nodes
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
  /// A pattern as matches are ordered by: its row is a token's or a gate's.
  struct Place {
    var isGate: Bool
    var local: Int
    var record: RecordID
  }
  struct Production {
    var id: ProductionID
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
    var places: Range<Int>
  }
  let sites: UnsafeMutablePointer<Site>
  let steps: UnsafeMutablePointer<Step>
  let productions: UnsafeMutablePointer<Production>
  let checks: UnsafeMutablePointer<Check>
  let nodes: UnsafeMutablePointer<Int32>
  /// By gate site: its own conditions; -1: it has none.
  let gateAlphas: UnsafeMutablePointer<Int>
  let places: UnsafeMutablePointer<Place>

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
            probe: put(step.probe), keyTests: put(step.keyTests), tests: put(step.tests)))
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
    var places: [Place] = []
    let productions = plan.matched.map { matched in
      let first = places.count
      for (slot, place) in matched.places.enumerated() {
        places.append(
          Place(isGate: place.isGate, local: place.local, record: matched.records[slot]))
      }
      return Production(
        id: matched.id, isAlert: matched.isAlert, isGated: matched.isGated,
        hasChecks: !matched.checks.isEmpty || !matched.stamps.isEmpty, checks: put(matched.checks),
        closed: put(matched.closed), stamps: put(matched.stamps),
        closedStamps: put(matched.closedStamps),
        softTests: put(matched.softTests), priority: matched.priority ?? -1,
        fixedPriority: matched.fixedPriority, places: first..<places.count)
    }
    self.sites = Self.laid(sites)
    self.steps = Self.laid(steps)
    self.productions = Self.laid(productions)
    self.checks = Self.laid(checks)
    nodes = Self.laid(all)
    self.places = Self.laid(places)
    gateAlphas = Self.laid(plan.gateSites.map(\.alpha))
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
    gateAlphas.deallocate()
    places.deallocate()
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
