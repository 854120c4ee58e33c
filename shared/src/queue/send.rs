//! Sending to SQS.

use std::collections::BTreeMap;

use aws_sdk_sqs::{
    Client,
    config::{BehaviorVersion, Credentials, Region, timeout::TimeoutConfig},
    types::{MessageAttributeValue, SendMessageBatchRequestEntry},
};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use crate::{
    config::Config,
    db::OutboxRow,
    error::{Error, Result},
};

/// SQS takes this many messages at once.
const BATCH: usize = 10;
/// SQS hides a message for at most twelve hours.
const LONGEST_DELAY: i32 = 12 * 3600;

/// The queues, by their names without prefix.
#[derive(Debug, Clone)]
pub struct Queues {
    client: Client,
    prefix: String,
}

impl Queues {
    /// A client built by hand: loading AWS's whole configuration chain would cost the cold start 5–26 ms.
    pub fn new(config: &Config) -> Self {
        let aws = &config.aws;
        let token = aws.session_token.as_ref().map(|t| t.expose_secret().to_owned());
        let credentials =
            Credentials::new(&aws.access_key_id, aws.secret_access_key.expose_secret(), token, None, "environment");
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(aws_smithy_http_client::tls::Provider::Rustls(
                aws_smithy_http_client::tls::rustls_provider::CryptoMode::Ring,
            ))
            .build_https();
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(std::time::Duration::from_millis(500))
            .operation_timeout(std::time::Duration::from_secs(5))
            .build();
        let mut builder = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(aws.region.clone()))
            .credentials_provider(credentials)
            .http_client(http)
            .timeout_config(timeouts);
        if let Some(endpoint) = &aws.endpoint {
            builder = builder.endpoint_url(endpoint);
        }
        Self { client: Client::from_conf(builder.build()), prefix: config.queue_url_prefix.clone() }
    }

    /// The queue's address.
    pub fn url(&self, queue: &str) -> String {
        format!("{}{queue}", self.prefix)
    }

    /// Sends rows of the outbox and gives back the ids of those that SQS has taken. What it has
    /// not taken stays in the outbox for the relay.
    pub async fn send(&self, rows: &[OutboxRow]) -> Vec<Uuid> {
        let mut by_queue: BTreeMap<&str, Vec<&OutboxRow>> = BTreeMap::new();
        for row in rows {
            by_queue.entry(row.queue.as_str()).or_default().push(row);
        }
        let mut sent = Vec::with_capacity(rows.len());
        for (queue, rows) in by_queue {
            for batch in rows.chunks(BATCH) {
                match self.send_batch(queue, batch).await {
                    Ok(ids) => sent.extend(ids),
                    Err(error) => tracing::warn!(category = "application", queue, error = %error, "queue.send_failed"),
                }
            }
        }
        sent
    }

    async fn send_batch(&self, queue: &str, rows: &[&OutboxRow]) -> Result<Vec<Uuid>> {
        let mut request = self.client.send_message_batch().queue_url(self.url(queue));
        for (index, row) in rows.iter().enumerate() {
            let mut entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_body(&row.body)
                .message_group_id(row.tenant.to_string())
                .message_attributes("correlationId", text(&row.correlation_id)?);
            if let Some(trace) = &row.traceparent {
                entry = entry.message_attributes("traceparent", text(trace)?);
            }
            request = request.entries(entry.build().map_err(Error::internal)?);
        }
        let answer = request
            .send()
            .await
            .map_err(|error| Error::unavailable(aws_sdk_sqs::error::DisplayErrorContext(error).to_string(), 5))?;
        for failed in answer.failed() {
            tracing::warn!(category = "application", queue, code = failed.code(), "queue.message_refused");
        }
        let taken = answer.successful().iter().filter_map(|entry| entry.id().parse::<usize>().ok());
        Ok(taken.filter_map(|index| rows.get(index)).map(|row| row.id).collect())
    }

    /// Hides a received message for so long, at most twelve hours; the queue is named by its ARN, as the message
    /// itself names it.
    pub async fn delay(&self, queue_arn: &str, receipt: &str, after: std::time::Duration) -> Result<()> {
        let seconds = i32::try_from(after.as_secs()).unwrap_or(i32::MAX).min(LONGEST_DELAY);
        self.client
            .change_message_visibility()
            .queue_url(self.url_of(queue_arn))
            .receipt_handle(receipt)
            .visibility_timeout(seconds)
            .send()
            .await
            .map_err(|error| Error::unavailable(aws_sdk_sqs::error::DisplayErrorContext(error).to_string(), 5))?;
        Ok(())
    }

    /// The address of the queue that an ARN names: it stands beside the others.
    fn url_of(&self, queue_arn: &str) -> String {
        let name = queue_arn.rsplit(':').next().unwrap_or_default();
        let beside = self.prefix.rfind('/').map_or("", |slash| &self.prefix[..=slash]);
        format!("{beside}{name}")
    }

    /// How many messages wait in a queue, roughly: for the readiness check.
    pub async fn depth(&self, queue: &str) -> Result<i64> {
        use aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessages;
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(self.url(queue))
            .attribute_names(ApproximateNumberOfMessages)
            .send()
            .await
            .map_err(|error| Error::unavailable(aws_sdk_sqs::error::DisplayErrorContext(error).to_string(), 5))?;
        let count = answer.attributes().and_then(|a| a.get(&ApproximateNumberOfMessages)).and_then(|n| n.parse().ok());
        Ok(count.unwrap_or(0))
    }
}

fn text(value: &str) -> Result<MessageAttributeValue> {
    // SQS refuses an empty attribute.
    let value = if value.is_empty() { "-" } else { value };
    MessageAttributeValue::builder().data_type("String").string_value(value).build().map_err(Error::internal)
}
