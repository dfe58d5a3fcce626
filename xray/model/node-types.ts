/**
 * The types of service-map nodes that AWS documents or that real maps show. Others are kept as they are.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export const nodeTypes = [
  'client',
  'remote',
  'Database::SQL',
  'AWS::EC2::Instance',
  'AWS::ECS::Container',
  'AWS::ECS::EC2',
  'AWS::ECS::Fargate',
  'AWS::EKS::Container',
  'AWS::ElasticBeanstalk::Environment',
  'AWS::AppRunner::Service',
  'AWS::Lambda',
  'AWS::Lambda::Function',
  'AWS::ApiGateway::Stage',
  'AWS::AppSync::GraphQLAPI',
  'AWS::StepFunctions::StateMachine',
  'AWS::DynamoDB',
  'AWS::DynamoDB::Table',
  'AWS::SQS::Queue',
  'AWS::SNS',
  'AWS::SNS::Topic',
  'AWS::S3',
  'AWS::S3::Bucket',
  'AWS::Kinesis::Stream',
  'AWS::RDS::DBInstance',
  'AWS::Unknown',
] as const;

const bySmallLetters = new Map<string, string>(nodeTypes.map((type) => [type.toLowerCase(), type]));

/**
 * A type in X-Ray's spelling: AWS's own pages write `AWS::ApiGateway::Stage` and `AWS::APIGateway::Stage`, and mean one.
 * Asked of every segment that arrives and of every type that a filter names, so that they meet.
 */
export const canonicalType = (type: string): string => bySmallLetters.get(type.toLowerCase()) ?? type;
