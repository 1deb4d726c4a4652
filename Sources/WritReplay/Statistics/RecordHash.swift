/// A record as a number: what the bootstrap draws its weights from.
///
/// The same for the same key on every machine and whatever part of the data the record is in, so that
/// parts can be counted apart and put together.
public enum RecordHash {
  /// FNV-1a over the bytes of the key as it is told, then mixed so that every bit depends on all.
  public static func of(_ key: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key.utf8 {
      hash ^= UInt64(byte)
      hash &*= 0x0000_0100_0000_01B3
    }
    return mixed(hash)
  }

  /// For records without a key: their place in the data.
  public static func of(_ place: Int) -> UInt64 {
    mixed(UInt64(bitPattern: Int64(place)) &+ 0x9E37_79B9_7F4A_7C15)
  }

  /// Spreads every bit over all of the result (the finish of SplitMix64).
  static func mixed(_ bits: UInt64) -> UInt64 {
    var bits = bits
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}

/// The weights of bootstrap replicates: how often a record is drawn, which is Poisson with mean 1.
///
/// A byte of the hash of record and replicate makes a weight. Of its 256 values 93 give 0, 98 give 1,
/// 43, 17, 4 and 1 give 2, 3, 4 and 5: mean and variance are exactly 1, the third moment is within
/// a hundredth of what it should be, which is what intervals depend on.
enum BootstrapWeights {
  static let replicates = 2_000

  /// The weights that the values of a byte stand for.
  static let table: [UInt8] = {
    let counts = [93, 98, 43, 17, 4, 1]
    return counts.enumerated().flatMap { Array(repeating: UInt8($0.offset), count: $0.element) }
  }()

  /// Eight weights at once, a byte each.
  @inline(__always)
  static func bits(_ record: UInt64, block: Int) -> UInt64 {
    RecordHash.mixed(record &+ UInt64(truncatingIfNeeded: block) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// A number that is as good as normal with mean 0 and deviation 1, for a replicate: twelve even
  /// draws less six.
  static func normal(_ replicate: Int, _ salt: UInt64) -> Double {
    var sum = 0.0
    for block in 0..<3 {
      var bits = bits(RecordHash.mixed(salt &+ UInt64(replicate)), block: block)
      for _ in 0..<4 {
        sum += (Double(bits & 0xFFFF) + 0.5) / 65_536
        bits >>= 16
      }
    }
    return sum - 6
  }

  /// The total weight of so many records, which is Poisson with that mean: by its sum below 32,
  /// from there on by the normal distribution.
  static func total(of count: Int, replicate: Int) -> Double {
    if count == 0 { return 0 }
    let salt = RecordHash.of(count)
    if count >= 32 {
      let mean = Double(count)
      return max((mean + mean.squareRoot() * normal(replicate, salt)).rounded(), 0)
    }
    let bits = bits(RecordHash.mixed(salt &+ UInt64(replicate)), block: 0)
    var rest = (Double(bits >> 11) + 0.5) / 9_007_199_254_740_992
    var chance = Special.exp(-Double(count))
    var total = 0.0
    while rest > chance, total < 200 {
      rest -= chance
      total += 1
      chance *= Double(count) / total
    }
    return total
  }
}
