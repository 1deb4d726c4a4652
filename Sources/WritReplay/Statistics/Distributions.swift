/// The normal distribution with mean 0 and deviation 1.
public enum Normal {
  /// The share above z.
  public static func above(_ z: Double) -> Double {
    let half = Special.erfc(z.magnitude / 2.0.squareRoot()) / 2
    return z < 0 ? 1 - half : half
  }

  /// The share below z.
  public static func below(_ z: Double) -> Double { above(-z) }

  /// The share at least so far from 0 on either side.
  public static func beyond(_ z: Double) -> Double { min(1, 2 * above(z.magnitude)) }

  static func density(_ z: Double) -> Double {
    Special.exp(-z * z / 2) / (2 * Special.pi).squareRoot()
  }

  /// The z below which the share lies: `quantile(0.975)` is 1.96.
  public static func quantile(_ share: Double) -> Double {
    guard share > 0 else { return -.infinity }
    guard share < 1 else { return .infinity }
    if share > 0.5 { return -lowerQuantile(1 - share) }
    return lowerQuantile(share)
  }

  /// For a share up to a half: a rough start, then Newton's steps with Halley's correction.
  private static func lowerQuantile(_ share: Double) -> Double {
    let t = (-2 * Special.log(share)).squareRoot()
    var z = -(t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t)))
    for _ in 0..<4 {
      let step = (below(z) - share) / density(z)
      z -= step / (1 + z * step / 2)
    }
    return z
  }
}

/// Student's distribution.
public enum StudentT {
  /// The share above t.
  public static func above(_ t: Double, freedom: Double) -> Double {
    let half = Special.beta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return t < 0 ? 1 - half : half
  }

  /// The share at least so far from 0 on either side.
  public static func beyond(_ t: Double, freedom: Double) -> Double {
    min(1, 2 * above(t.magnitude, freedom: freedom))
  }

  static func density(_ t: Double, freedom: Double) -> Double {
    Special.exp(
      Special.logGamma((freedom + 1) / 2) - Special.logGamma(freedom / 2)
        - Special.log(freedom * Special.pi) / 2
        - (freedom + 1) / 2 * Special.log(1 + t * t / freedom))
  }

  /// The t below which the share lies: `quantile(0.975, freedom: 10)` is 2.228.
  public static func quantile(_ share: Double, freedom: Double) -> Double {
    guard share > 0 else { return -.infinity }
    guard share < 1 else { return .infinity }
    if share == 0.5 { return 0 }
    if share < 0.5 { return -quantile(1 - share, freedom: freedom) }
    let tail = 1 - share
    // Between 0 and an end beyond which less than the tail lies; Newton's step where it stays inside.
    var (low, high) = (0.0, 2.0)
    while above(high, freedom: freedom) > tail, high < 1e300 { (low, high) = (high, high * 2) }
    var t = min(max(Normal.quantile(share), low), high)
    for _ in 0..<200 {
      let excess = above(t, freedom: freedom) - tail
      if excess > 0 { low = t } else { high = t }
      let next = t + excess / density(t, freedom: freedom)
      let step = next > low && next < high ? next : (low + high) / 2
      if (step - t).magnitude <= 1e-14 * t.magnitude { return step }
      t = step
    }
    return t
  }
}

/// The χ² distribution.
public enum ChiSquare {
  /// The share above x.
  public static func above(_ x: Double, freedom: Double) -> Double {
    Special.upperGamma(freedom / 2, x / 2)
  }

  /// The x below which the share lies: `quantile(0.95, freedom: 1)` is 3.841.
  public static func quantile(_ share: Double, freedom: Double) -> Double {
    guard share > 0 else { return 0 }
    guard share < 1 else { return .infinity }
    var (low, high) = (0.0, freedom + 10)
    while above(high, freedom: freedom) > 1 - share, high < 1e300 { (low, high) = (high, high * 2) }
    for _ in 0..<200 where high - low > 1e-14 * high {
      let middle = (low + high) / 2
      if above(middle, freedom: freedom) > 1 - share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// Tosses of a fair coin.
enum FairCoin {
  /// The chance of exactly so many heads.
  static func exactly(_ heads: Int, of tosses: Int) -> Double {
    let (k, n) = (Double(heads), Double(tosses))
    return Special.exp(
      Special.logGamma(n + 1) - Special.logGamma(k + 1) - Special.logGamma(n - k + 1)
        - n * Special.log(2))
  }

  /// The chance of at most so many heads.
  static func atMost(_ heads: Int, of tosses: Int) -> Double {
    if heads < 0 { return 0 }
    if heads >= tosses { return 1 }
    return Special.beta(0.5, Double(tosses - heads), Double(heads) + 1)
  }
}
