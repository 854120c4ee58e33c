//! What template.yaml and its nested stacks say about functions, routes, queues, schedules and buckets.

mod document;
#[cfg(test)]
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use serde_json::Value;

use self::document::Document;

/// Why a template cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {at}: {why}")]
pub(crate) struct Unreadable {
    file: String,
    at: String,
    why: String,
}

/// Everything that the local stack serves, nested stacks included.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Stack {
    /// The functions, by logical id within each file.
    pub(crate) functions: Vec<Function>,
    /// The queues.
    pub(crate) queues: Vec<Queue>,
    /// The buckets.
    pub(crate) buckets: Vec<Bucket>,
    /// The bucket of uploads and exports, one of them.
    pub(crate) files: String,
}

/// One bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// Its physical name.
    pub(crate) name: String,
    /// How long nobody can change or delete what is in it: the mode and the years.
    pub(crate) lock: Option<(String, String)>,
}

/// One function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Function {
    /// The binary's name, which is the image's.
    pub(crate) name: String,
    /// Memory in MB.
    pub(crate) memory: u64,
    /// The names of the variables that it gets in the cloud.
    pub(crate) variables: BTreeSet<String>,
    /// The paths of its routes, `$default` included.
    pub(crate) routes: Vec<String>,
    /// The queues that start it.
    pub(crate) mappings: Vec<Mapping>,
    /// The schedules that start it.
    pub(crate) schedules: Vec<Schedule>,
}

impl Function {
    /// Whether the gateway routes requests to it.
    pub(crate) fn serves_http(&self) -> bool {
        !self.routes.is_empty()
    }
}

/// A queue that starts a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// The queue's physical name.
    pub(crate) queue: String,
    /// The queue's ARN.
    pub(crate) arn: String,
    /// Messages per invocation at most.
    pub(crate) batch_size: u64,
    /// Invocations at once at most.
    pub(crate) concurrency: u64,
    /// Whether the answer names the messages that failed.
    pub(crate) reports_failures: bool,
}

/// A schedule that starts a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// `rate(…)` or `cron(…)`.
    pub(crate) expression: String,
    /// The time zone of the expression.
    pub(crate) timezone: String,
    /// The event, with `<aws.scheduler.…>` in it.
    pub(crate) input: String,
    /// How often a failed run is tried again.
    pub(crate) retries: u64,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Queue {
    /// The physical name.
    pub(crate) name: String,
    /// What SQS calls its attributes.
    pub(crate) attributes: BTreeMap<String, String>,
}

/// The attributes that the local SQS is told about.
const QUEUE_ATTRIBUTES: [&str; 7] = [
    "VisibilityTimeout",
    "MessageRetentionPeriod",
    "DelaySeconds",
    "ReceiveMessageWaitTimeSeconds",
    "MaximumMessageSize",
    "FifoQueue",
    "RedrivePolicy",
];

impl Stack {
    /// Reads a template with everything that it nests.
    pub(crate) fn read(file: &Path, region: &str) -> Result<Self, Unreadable> {
        let mut stack = Self::default();
        let root = Document::open(file, region, BTreeMap::new())?;
        let files = &root.global("Environment")["Variables"]["FILES_BUCKET"];
        stack.files = root.text_or("FILES_BUCKET", files, "")?;
        stack.add(&root)?;
        Ok(stack)
    }

    /// The bucket in which nobody can change anything.
    pub(crate) fn locked(&self) -> &str {
        self.buckets.iter().find(|bucket| bucket.lock.is_some()).map_or("", |bucket| &bucket.name)
    }

    fn add(&mut self, document: &Rc<Document>) -> Result<(), Unreadable> {
        for (id, kind, properties) in document.resources() {
            match kind {
                "AWS::Serverless::Function" => {
                    self.functions.push(function(document, id, properties)?);
                }
                "AWS::SQS::Queue" => self.queues.push(queue(document, id, properties)?),
                "AWS::S3::Bucket" => self.buckets.push(bucket(document, id, properties)?),
                "AWS::Serverless::Application" | "AWS::CloudFormation::Stack" => {
                    self.add(&document.nested(id)?)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn bucket(document: &Rc<Document>, id: &str, properties: &Value) -> Result<Bucket, Unreadable> {
    let retention = &properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"];
    let lock = if retention.is_object() {
        Some((document.text(id, &retention["Mode"])?, document.text(id, &retention["Years"])?))
    } else {
        None
    };
    Ok(Bucket { name: document.physical_name(id)?, lock })
}

fn function(document: &Rc<Document>, id: &str, properties: &Value) -> Result<Function, Unreadable> {
    let image = document.text(id, &properties["ImageUri"])?;
    // registry/folder/<binary>:release
    let name = image.rsplit('/').next().and_then(|last| last.split(':').next()).unwrap_or_default();
    if name.is_empty() {
        return Err(document.unreadable(id, "ImageUri names no binary"));
    }
    let memory =
        if properties["MemorySize"].is_null() { document.global("MemorySize") } else { &properties["MemorySize"] };
    let mut function = Function {
        name: name.to_owned(),
        memory: document.number(id, memory, 128)?,
        variables: document.variables(properties),
        routes: Vec::new(),
        mappings: Vec::new(),
        schedules: Vec::new(),
    };
    for (event, details) in properties["Events"].as_object().into_iter().flatten() {
        let at = format!("{id}.{event}");
        let settings = &details["Properties"];
        match details["Type"].as_str().unwrap_or_default() {
            "HttpApi" if settings["Path"].is_null() => function.routes.push("$default".to_owned()),
            "HttpApi" => function.routes.push(document.text(&at, &settings["Path"])?),
            "SQS" => function.mappings.push(mapping(document, &at, settings)?),
            "ScheduleV2" => function.schedules.push(Schedule {
                expression: document.text(&at, &settings["ScheduleExpression"])?,
                timezone: document.text_or(&at, &settings["ScheduleExpressionTimezone"], "UTC")?,
                input: document.text_or(&at, &settings["Input"], "{}")?,
                retries: document.number(&at, &settings["RetryPolicy"]["MaximumRetryAttempts"], 0)?,
            }),
            other => {
                return Err(document.unreadable(&at, format!("the local stack serves no event of type {other:?}")));
            }
        }
    }
    Ok(function)
}

fn mapping(document: &Rc<Document>, at: &str, settings: &Value) -> Result<Mapping, Unreadable> {
    let arn = document.text(at, &settings["Queue"])?;
    let types = settings["FunctionResponseTypes"].as_array();
    Ok(Mapping {
        queue: arn.rsplit(':').next().unwrap_or_default().to_owned(),
        batch_size: document.number(at, &settings["BatchSize"], 10)?,
        concurrency: document.number(at, &settings["ScalingConfig"]["MaximumConcurrency"], 2)?,
        reports_failures: types.is_some_and(|types| types.iter().any(|kind| kind == "ReportBatchItemFailures")),
        arn,
    })
}

fn queue(document: &Rc<Document>, id: &str, properties: &Value) -> Result<Queue, Unreadable> {
    let mut attributes = BTreeMap::new();
    for name in QUEUE_ATTRIBUTES {
        let value = &properties[name];
        if value.is_null() {
            continue;
        }
        let value = document.resolve(id, value)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        attributes.insert(name.to_owned(), text);
    }
    Ok(Queue { name: document.physical_name(id)?, attributes })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Stack, Unreadable> {
        let folder = std::env::temp_dir().join(format!("template-{}-{:p}", std::process::id(), files));
        for (name, text) in files {
            let file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let stack = Stack::read(&folder.join(files[0].0), "eu-central-1");
        fs::remove_dir_all(&folder).unwrap();
        stack
    }

    const ROOT: &str = r#"
Parameters:
  Prefix: { Type: String, Default: shop- }
Globals: { Function: { MemorySize: 256 } }
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      ImageUri: !Sub "${AWS::AccountId}.dkr/shop/orders:1"
      Events:
        One: { Type: HttpApi, Properties: { Path: "/orders/{proxy+}", Method: ANY } }
        Rest: { Type: HttpApi }
  Work:
    Type: AWS::Serverless::Application
    Properties:
      Location: below/work.yaml
      Parameters: { Prefix: !Ref Prefix, Bucket: !GetAtt Store.Outputs.Name }
  Store:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: below/store.yaml, Parameters: { Prefix: !Ref Prefix } }
"#;
    const WORK: &str = r#"
Parameters: { Prefix: { Type: String }, Bucket: { Type: String } }
Resources:
  Packing:
    Type: AWS::Serverless::Function
    Properties:
      ImageUri: !Join ["/", [registry, "packing:2"]]
      MemorySize: 1024
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt Parcels.Arn
            BatchSize: 5
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig: { MaximumConcurrency: 3 }
        Nightly:
          Type: ScheduleV2
          Properties:
            ScheduleExpression: cron(0 3 * * ? *)
            ScheduleExpressionTimezone: Europe/Istanbul
            Input: { "Fn::Sub": '{"bucket": "${Bucket}", "kept": "${!Kept}"}' }
  Parcels:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub ["${P}parcels", { P: !Ref Prefix }]
      VisibilityTimeout: 180
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 }
  Dead: { Type: "AWS::SQS::Queue", Properties: { QueueName: !Sub "${Prefix}parcels-dlq" } }
"#;
    const STORE: &str = r#"
Parameters: { Prefix: { Type: String } }
Resources:
  Files: { Type: "AWS::S3::Bucket", Properties: { BucketName: !Sub "${Prefix}files" } }
  Trail:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "${Prefix}trail"
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: COMPLIANCE, Years: 7 } } }
Outputs:
  Name: { Value: !Ref Files }
"#;

    #[test]
    fn nested_stacks_and_references_are_followed() {
        let stack = read(&[("root.yaml", ROOT), ("below/work.yaml", WORK), ("below/store.yaml", STORE)]).unwrap();
        let [orders, packing] = &stack.functions[..] else { panic!("two functions: {stack:?}") };
        assert_eq!((orders.name.as_str(), orders.memory), ("orders", 256));
        assert_eq!(orders.routes, ["/orders/{proxy+}", "$default"]);
        assert_eq!((packing.name.as_str(), packing.memory), ("packing", 1024));
        assert_eq!(
            packing.mappings,
            [Mapping {
                queue: "shop-parcels".to_owned(),
                arn: "arn:aws:sqs:eu-central-1:000000000000:shop-parcels".to_owned(),
                batch_size: 5,
                concurrency: 3,
                reports_failures: true
            }]
        );
        assert_eq!(packing.schedules[0].input, r#"{"bucket": "shop-files", "kept": "${Kept}"}"#);
        let [files, trail] = &stack.buckets[..] else { panic!("{:?}", stack.buckets) };
        assert_eq!((files.name.as_str(), &files.lock), ("shop-files", &None));
        assert_eq!((trail.name.as_str(), &trail.lock), ("shop-trail", &Some(("COMPLIANCE".into(), "7".into()))));
        assert_eq!(stack.locked(), "shop-trail");
        let parcels = stack.queues.iter().find(|queue| queue.name == "shop-parcels").unwrap();
        assert_eq!(parcels.attributes["VisibilityTimeout"], "180");
        let redrive: Value = serde_json::from_str(&parcels.attributes["RedrivePolicy"]).unwrap();
        assert_eq!(redrive["deadLetterTargetArn"], "arn:aws:sqs:eu-central-1:000000000000:shop-parcels-dlq");
    }

    #[test]
    fn what_cannot_be_resolved_is_named() {
        let lost = ROOT.replace("!Ref Prefix, Bucket", "!Ref Nobody, Bucket");
        let error = read(&[("root.yaml", &lost), ("below/work.yaml", WORK), ("below/store.yaml", STORE)]).unwrap_err();
        assert!(error.to_string().contains("Nobody"), "{error}");
    }

    #[test]
    fn the_product_s_own_template_is_readable() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
        let stack = Stack::read(&root, "eu-central-1").unwrap();
        assert!(stack.functions.iter().any(|function| function.routes.iter().any(|path| path == "$default")));
        assert!(stack.buckets.iter().any(|bucket| bucket.name == stack.files), "{stack:?}");
        assert!(!stack.locked().is_empty(), "{stack:?}");
    }
}
