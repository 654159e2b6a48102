// Package vpc answers what the internet reaches in the networks of AWS: the tasks of an ECS service, directly or
// through a load balancer; the nodes and the endpoint of an EKS cluster; what a security group admits everybody to.
// A view of AWS resources comes in, and answers go out, each with its path: hop by hop the field that lets clients
// through, keeps them out, or could not be read.
//
// # Sets of clients
//
// An answer is a set of public addresses. Each hop lets some of those through that came so far: a route table those
// whose traffic goes to the internet gateway, a network ACL and a security group those that their rules match. What
// is left at the end reaches the port.
//
// # Three values
//
// Every set is two: the clients that surely get through, and those that might. What was not read, or what a plan
// leaves open, might let everybody through, so it is never taken for closed. Where a source gave every resource of a
// type in an account and Region ([inventory.View.Closed] of "account/region"), what is not there does not exist.
//
// # What is not followed
//
// The model is that of one VPC and its load balancers. It follows no peering, transit gateway, VPN, AWS Global
// Accelerator, Amazon CloudFront, Amazon API Gateway, Amazon VPC Lattice or PrivateLink into a VPC. It reads no rules
// of a listener, so that of their conditions on a client's address neither, and nothing of AWS WAF or AWS Network
// Firewall: traffic that a route leads through an appliance is unknown. Whether a load balancer balances across zones
// and finds its targets healthy does not count. That a target group or a classic load balancer sends traffic to a task
// or an instance without the service saying so counts as far as it was read.
package vpc
