import WritModel
import WritRules

/// How productions are matched: what each of them tests where, and what a changed value touches.
///
/// There is no chain of join memories. A production keeps its tokens only: when a record comes or
/// changes, the tokens it is in are ended, and new ones are found by walking from it through hash
/// indexes, in an order made for that start. Patterns without any condition in common with the
/// others (a control fact) are *gates*: they are no part of tokens but open and shut all of them.
struct MatchPlan {
  /// A pattern, an index over it that is probed with what is bound, and what is tested then.
  struct Step {
    var slot: Int
    var site: Int
    var index: Int
    var probe: [Int32]
    /// What says that a row has the key that was looked for; the other tests.
    var keyTests: [Int32]
    var tests: [Int32]
  }
  /// Conditions over one record alone, which everything that has them asks together: whether a row
  /// passes is worked out once a change and kept.
  struct Alpha {
    var record: Int
    var slot: Int
    var conditions: [Int32]
    var columns: Set<Int>
  }
  /// One pattern of a production's tokens.
  struct Site {
    var production: Int
    var slot: Int
    /// Which row of a token it is.
    var local: Int
    var record: Int
    /// Its own conditions; -1: it has none.
    var alpha = -1
    /// Columns whose values make a match what it is; those only looked at inside something else.
    var identity: Set<Int> = []
    var soft: Set<Int> = []
    /// Of `identity` what more than its own conditions looks at. An alert is no other alert for
    /// other values, so the rest matters to it only where it changes what passes.
    var joinColumns: Set<Int> = []
    var steps: [Step] = []
  }
  /// A pattern that is a gate.
  struct GateSite {
    var production: Int
    var slot: Int
    var local: Int
    var record: Int
    /// Its own conditions; -1: it has none.
    var alpha = -1
    var identity: Set<Int> = []
  }
  /// A quantifier: whether any row of an index that is probed with what is bound passes all tests.
  struct Quantifier {
    var index: Int
    var binder: Int
    var probe: [Int32]
    var tests: [Int32]
    var wantsNone: Bool
  }
  enum Check {
    case quantifier(Quantifier)
    /// A condition that is worked out again whenever something it reads changes.
    case general(Int32)
  }
  final class Matched {
    let id: ProductionID
    var isAlert: Bool
    /// The record type of each pattern.
    let records: [RecordID]
    /// The slots of a token's rows, in pattern order; those of gates.
    var slots: [Int] = []
    var gateSlots: [Int] = []
    /// By slot: whether a gate, and which.
    var places: [(isGate: Bool, local: Int)] = []
    var sites: [Int] = []
    var gateSites: [Int] = []
    var checks: [Check] = []
    /// What must hold whatever the records are.
    var closed: [Check] = []
    /// What is read beyond the records' own columns; beyond any record.
    var stamps: [Int32] = []
    var closedStamps: [Int32] = []
    /// Pure conditions that look at soft columns.
    var softTests: [Int32] = []
    /// The terms of its acts, in their order.
    var acts: [[Int32]] = []
    var priority: Int32?
    var fixedPriority: Int64 = 0
    var usesGlobals = false
    init(id: ProductionID, isAlert: Bool, records: [RecordID]) {
      self.id = id
      self.isAlert = isAlert
      self.records = records
    }

    var isGated: Bool { !gateSlots.isEmpty || !closed.isEmpty || !closedStamps.isEmpty }
    /// Facts on which general checks and stamps depend; on which closed ones do.
    var generalReads = BitSet()
    var closedReads = BitSet()
  }
  struct IndexPlan {
    var record: Int
    var slot: Int
    /// Whose rows it holds; -1: all rows.
    var alpha: Int
    var keys: [Int32]
    var keepsOpen: Bool
    /// What its keys look at; for quantifiers also what is tested of its rows.
    var columns: Set<Int>
  }
  /// A term over one slot whose value is kept a row.
  struct Derived {
    var record: Int
    var slot: Int
    var term: TermID
    var reads: BitSet
    /// Rows to look at again by what changed; nil: all of them.
    var paths: [DerivedPath]?
  }
  /// A term without a slot.
  struct Global {
    var term: TermID
    var reads: BitSet
  }
  /// What a changed column, or a record that comes or goes, touches.
  struct Users {
    enum Kind: Int, CaseIterable {
      case alphas, joins, quantifiers, sites, softSites, gateSites, derived, globals, closed,
        general
    }
    /// Of each kind, ascending: twice the object, and one more where it is touched in every case,
    /// not only if another set of rows passes its conditions.
    private(set) var lists: [[Int32]] = Array(repeating: [], count: Kind.allCases.count)

    mutating func add(_ object: Int, _ kind: Kind, isAlways: Bool = true) {
      lists[kind.rawValue].append(Int32(object * 2 + (isAlways ? 1 : 0)))
    }

    subscript(kind: Kind) -> [Int32] { lists[kind.rawValue] }

    var isEmpty: Bool { lists.allSatisfy(\.isEmpty) }
  }

  var code: RowCode
  var matched: [Matched] = []
  var alphas: [Alpha] = []
  var sites: [Site] = []
  var gateSites: [GateSite] = []
  var indexes: [IndexPlan] = []
  var derived: [Derived] = []
  var globals: [Global] = []
  /// By column; by record type.
  var users: [Users] = []
  var recordUsers: [Users] = []
  let program: Program
  let fieldCount: Int
  /// The record type beyond the last: one record, whose fields are the closed values.
  let virtual: Int

  var columnCount: Int { fieldCount + derived.count + globals.count }
}

/// How a derived value follows from other records: what to probe for when one of them changes.
enum DerivedPath {
  /// A field of the row itself.
  case own(Int)
  /// Fields of the record that field `reference` refers to; `index` finds rows by it.
  case through(record: Int, fields: Set<Int>, index: Int)
  /// Fields of records gathered by equal keys: `index` finds rows by theirs, `inner` are the fields
  /// of the gathered record that they are equal to.
  case keyed(record: Int, fields: Set<Int>, inner: [Int], index: Int)
}
