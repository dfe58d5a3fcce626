// Loaded into every process of the lab: when the supervisor dies, however it dies, nothing is left running.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
