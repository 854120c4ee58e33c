//! The way in: one, guarded, and only what has its hash in its name is kept on it.

use serde_json::{Value, json};

use super::of_kind;

/// AWS's own policy that keeps nothing.
const NOTHING_KEPT: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const YEAR: u64 = 365 * 24 * 3600;

fn name(reference: &Value) -> &str {
    reference["Ref"].as_str().unwrap_or_default()
}

#[test]
fn assets_are_kept_at_the_edge_compressed_and_nothing_else_is() {
    let distribution = of_kind("production", "AWS::CloudFront::Distribution").remove(0);
    let config = &distribution.properties["DistributionConfig"];
    assert_eq!(
        config["DefaultCacheBehavior"]["CachePolicyId"], NOTHING_KEPT,
        "a page of one reader is kept for others"
    );
    let [assets] = config["CacheBehaviors"].as_array().unwrap().as_slice() else { panic!("one behaviour besides") };
    assert_eq!((&assets["PathPattern"], &assets["Compress"]), (&json!("/assets/*"), &json!(true)));
    assert!(assets["AllowedMethods"].is_null(), "assets are read only");
    assert_eq!(assets["ViewerProtocolPolicy"], "redirect-to-https");

    let kept = distribution.neighbour(name(&assets["CachePolicyId"])).unwrap();
    let kept = &kept.properties["CachePolicyConfig"];
    assert!(kept["MaxTTL"].as_u64().unwrap() >= YEAR && kept["MinTTL"] == 0, "the answer says how long");
    let key = &kept["ParametersInCacheKeyAndForwardedToOrigin"];
    assert_eq!((&key["EnableAcceptEncodingBrotli"], &key["EnableAcceptEncodingGzip"]), (&json!(true), &json!(true)));
    assert_eq!(key["CookiesConfig"]["CookieBehavior"], "none", "a copy for each session");
    assert_eq!(key["HeadersConfig"]["HeaderBehavior"], "none");
    let sent = distribution.neighbour(name(&assets["OriginRequestPolicyId"])).unwrap();
    let sent = &sent.properties["OriginRequestPolicyConfig"];
    assert_eq!(sent["CookiesConfig"]["CookieBehavior"], "none", "the session goes where nobody asks for it");
    assert_eq!(sent["HeadersConfig"]["Headers"], json!(["host"]));
}

#[test]
fn there_is_no_other_way_in() {
    let distribution = of_kind("production", "AWS::CloudFront::Distribution").remove(0);
    let config = &distribution.properties["DistributionConfig"];
    assert!(!config["WebACLId"].is_null(), "no firewall");
    for origin in config["Origins"].as_array().unwrap() {
        assert_eq!(origin["OriginCustomHeaders"][0]["HeaderName"], "X-Origin-Secret");
        assert_eq!(origin["CustomOriginConfig"]["OriginProtocolPolicy"], "https-only");
    }
    for api in of_kind("production", "AWS::Serverless::HttpApi") {
        assert_eq!(api.properties["DisableExecuteApiEndpoint"], true, "{}", api.place());
    }
}
