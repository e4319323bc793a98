package interop;

import com.nimbusds.jose.*;
import com.nimbusds.jose.crypto.*;
import com.nimbusds.jose.crypto.factories.*;
import com.nimbusds.jose.jwk.*;
import com.nimbusds.jose.jwk.source.*;
import com.nimbusds.jose.proc.*;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.util.Map;

/** Does what each line of standard input asks with nimbus-jose-jwt, at its default settings, and writes one answer a line. */
public final class Peer {
  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(JSONObjectUtils.toJSONString(answer(JSONObjectUtils.parse(line))));
      System.out.flush();
    }
  }

  private static Map<String, Object> answer(Map<String, Object> request) {
    try {
      return Map.of("value", perform(request));
    } catch (Exception error) {
      return Map.of("error", String.valueOf(error));
    }
  }

  private static String perform(Map<String, Object> request) throws Exception {
    return switch ((String) request.get("op")) {
      case "verify" -> verify(request);
      case "sign" -> sign(request);
      case "decrypt" -> decrypt(request);
      default -> encrypt(request);
    };
  }

  private static JWK key(Map<String, Object> request) throws Exception {
    return JWK.parse(JSONObjectUtils.getJSONObject(request, "jwk"));
  }

  private static String verify(Map<String, Object> request) throws Exception {
    JWSAlgorithm alg = JWSAlgorithm.parse((String) request.get("alg"));
    String url = (String) request.get("jwksUrl");
    JWKSource<SecurityContext> keys =
        url == null
            ? new ImmutableJWKSet<>(new JWKSet(key(request)))
            : JWKSourceBuilder.create(URI.create(url).toURL()).build();
    DefaultJOSEProcessor<SecurityContext> processor = new DefaultJOSEProcessor<>();
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(alg, keys));
    return processor.process((String) request.get("token"), null).toString();
  }

  private static String sign(Map<String, Object> request) throws Exception {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.parse((String) request.get("alg"))).keyID((String) request.get("kid")).build();
    JWSObject token = new JWSObject(header, new Payload((String) request.get("payload")));
    token.sign(new DefaultJWSSignerFactory().createJWSSigner(key(request), header.getAlgorithm()));
    return token.serialize();
  }

  private static String decrypt(Map<String, Object> request) throws Exception {
    JWEObject token = JWEObject.parse((String) request.get("token"));
    JWK key = key(request);
    token.decrypt(
        new DefaultJWEDecrypterFactory()
            .createJWEDecrypter(
                token.getHeader(),
                key instanceof OctetSequenceKey secret ? secret.toSecretKey("AES") : ((AsymmetricJWK) key).toPrivateKey()));
    return token.getPayload().toString();
  }

  private static JWEEncrypter encrypter(JWK key) throws Exception {
    if (key instanceof RSAKey rsa) return new RSAEncrypter(rsa);
    if (key instanceof ECKey ec) return new ECDHEncrypter(ec);
    return null;
  }

  private static String encrypt(Map<String, Object> request) throws Exception {
    JWEHeader header =
        new JWEHeader.Builder(
                JWEAlgorithm.parse((String) request.get("alg")), EncryptionMethod.parse((String) request.get("enc")))
            .keyID((String) request.get("kid"))
            .build();
    JWEObject token = new JWEObject(header, new Payload((String) request.get("payload")));
    JWK key = key(request);
    JWEEncrypter encrypter = encrypter(key);
    if (encrypter == null) {
      OctetSequenceKey secret = (OctetSequenceKey) key;
      encrypter =
          header.getAlgorithm().equals(JWEAlgorithm.DIR) ? new DirectEncrypter(secret) : new AESEncrypter(secret);
    }
    token.encrypt(encrypter);
    return token.serialize();
  }
}
