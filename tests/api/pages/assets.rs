//! `/assets`: names that change with their content, and everything a browser needs to keep them.

use tests::harness::Client;

/// The style sheet's address, as a page names it.
async fn style() -> String {
    let login = Client::anonymous().get("/login").await;
    let html = login.page(200);
    let (_, rest) = html.split_once("<link rel=\"stylesheet\" href=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_browser_keeps_an_asset_for_ever_and_gets_it_compressed() {
    let nobody = Client::anonymous();
    let path = style().await;
    assert!(path.starts_with("/assets/app.") && path.len() > "/assets/app.css".len(), "{path}");
    for (encoding, sent) in [("gzip, deflate, br", Some("br")), ("gzip", Some("gzip")), ("br;q=0", None)] {
        let head = nobody.call(reqwest::Method::HEAD, &path).header("accept-encoding", encoding).await;
        assert_eq!((head.status, head.header("content-encoding")), (200, sent), "{encoding}");
        assert_eq!(head.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(head.header("vary"), Some("Accept-Encoding"));
    }
    let plain = nobody.get(&path).await;
    assert!(plain.text.contains(".btn") && plain.header("content-type").unwrap().starts_with("text/css"));
    let etag = plain.header("etag").unwrap().to_owned();
    assert_eq!(nobody.get(&path).header("if-none-match", &etag).await.status, 304);
}

#[tokio::test]
async fn a_page_leaves_compressed_for_whoever_takes_it() {
    let nobody = Client::anonymous();
    for (accepted, sent) in [("gzip, deflate, br", Some("gzip")), ("br", None), ("gzip;q=0", None)] {
        let page = nobody.call(reqwest::Method::GET, "/login").header("accept-encoding", accepted).await;
        assert_eq!((page.status, page.header("content-encoding")), (200, sent), "{accepted}");
        assert_eq!(page.text.contains("<h1"), sent.is_none(), "{accepted}");
        assert!(page.header("vary").unwrap().contains("Accept-Encoding"));
    }
}

#[tokio::test]
async fn the_name_of_another_release_gets_this_ones_content_and_is_not_kept() {
    let nobody = Client::anonymous();
    for path in ["/assets/app.000000000000.css", "/assets/app.css"] {
        let found = nobody.get(path).await;
        assert_eq!((found.status, found.header("cache-control")), (200, Some("public, no-cache")), "{path}");
    }
    for path in ["/assets/nothing.css", "/assets/../Cargo.toml", "/assets/"] {
        assert_eq!(nobody.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_telephone_can_install_it() {
    let nobody = Client::anonymous();
    let manifest = nobody.get("/manifest.webmanifest").await.json();
    for icon in manifest["icons"].as_array().unwrap() {
        let head = nobody.call(reqwest::Method::HEAD, icon["src"].as_str().unwrap()).await;
        assert_eq!((head.status, head.header("content-type")), (200, Some("image/png")), "{icon}");
    }
    assert_eq!(nobody.get("/worker.js").await.header("cache-control"), Some("public, no-cache"));
    assert!(nobody.get("/offline").await.page(200).contains("<h1>"));
}
