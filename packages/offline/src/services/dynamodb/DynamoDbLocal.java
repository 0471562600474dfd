import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import software.amazon.dynamodb.services.local.main.ServerRunner;

/**
 * Starts DynamoDB Local on a free port of the loopback address in the first argument. Its own command
 * line listens on all interfaces and requires a port.
 */
class DynamoDbLocal {
  public static void main(String[] args) throws Exception {
    var options = java.util.Arrays.copyOfRange(args, 1, args.length);
    var proxy = ServerRunner.createServerFromCommandLineArgs(options);
    var field = proxy.getClass().getDeclaredField("server");
    field.setAccessible(true);
    var server = (Server) field.get(proxy);
    server.setHandler(new OriginCheck(server.getHandler()));
    var connector = (ServerConnector) server.getConnectors()[0];
    connector.setHost(args[0]);
    connector.setPort(0);
    proxy.start();
    System.out.println("Listening on http://" + args[0] + ":" + connector.getLocalPort());
  }

  /**
   * Rejects requests of web pages, which send their `Origin` with every POST. The `-cors` option only
   * restricts which pages can read responses, and does not restrict pages whose host name resolves to
   * this address.
   */
  static class OriginCheck extends Handler.Wrapper {
    OriginCheck(Handler next) {
      super(next);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (!request.getHeaders().contains(HttpHeader.ORIGIN)) {
        return super.handle(request, response, callback);
      }
      Response.writeError(request, response, callback, 403);
      return true;
    }
  }
}
