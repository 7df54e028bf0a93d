//! The return codes of VTJkysely and the faults of a security server, with the texts that go with them.

/// Every return code and its text, as DVV's list of types has them.
pub const RETURN_CODES: [(&str, &str); 31] = [
    ("0000", "Haku onnistui"),
    ("0001", "Hakuperusteella ei löydy tietoja vtj:stä"),
    ("0002", "Hakuperusteena käytetty henkilötunnus tai asiointitunnus on passivoitu"),
    ("0003", "Sovelluksen salasana puuttuu, on virheellinen tai vanhentunut"),
    ("0004", "Käyttäjätunnus puuttuu, on virheellinen tai vanhentunut"),
    ("0005", "Huomautus: pakollinen hakuperuste puuttuu"),
    ("0006", "Hakuperusteen lajilla ei löydy tietoja"),
    ("0007", "Henkilö on kuollut, tietoja ei luovuteta"),
    ("0008", "Varmenne on sulkulistalla"),
    ("0009", "Varmenteen voimassaoloaika ei ole alkanut"),
    ("0010", "Varmenne on vanhentunut"),
    ("0011", "Varmenteen myöntäjää ei hyväksytä"),
    ("0012", "Varmennetta ei hyväksytä"),
    ("0013", "Sulkulistaa ei voitu tarkistaa"),
    ("0014", "Varmenteen tarkistus epäonnistui"),
    ("0015", "Varmenne on virheellinen"),
    ("0016", "Kyselyn ja vastauksen tunnukset eroavat"),
    ("0017", "Henkilö ei ole holhousasioiden rekisterissä"),
    ("0018", "Henkilö on alle 15-vuotias"),
    ("0019", "Tietoja ei voida luovuttaa"),
    ("-1500", "Virheellinen tunnus/salasana pari"),
    ("-1505", "Laskutustiedot ovat virheelliset"),
    ("-1800", "WebServicen sisäinen virhe"),
    ("-1805", "Kyselysanoma ei ole skeeman mukainen"),
    ("-1900", "Tuotetta ei löydy"),
    ("-1901", "Tuotetta ei löydy käyttäjälle"),
    ("-1902", "Sanoma ei ole validi (kiellettyjä merkkejä)"),
    ("-1903", "Sanoma ei ole validi"),
    ("-1904", "Sanoma ei ole validi (loppukayttaja puuttuu)"),
    ("-1905", "Sanoma ei ole validi (laskutustiedot)"),
    ("-1906", "Odottamaton virhe"),
];

/// The text of a return code; one that DVV does not list has one too.
pub fn text_of(code: &str) -> &'static str {
    let known = RETURN_CODES.iter().find(|(known, _)| *known == code);
    known.map_or("Tuntematon paluukoodi", |(_, text)| *text)
}

/// The faults a security server can answer with, as written until X-Road 7.7, and what it says with them.
pub const FAULTS: [(&str, &str); 25] = [
    ("Server.ServerProxy.AccessDenied", "Request is not allowed"),
    ("Server.ServerProxy.UnknownService", "Unknown service"),
    ("Server.ServerProxy.ServiceDisabled", "Service is disabled: simulated maintenance"),
    ("Server.ServerProxy.IOError", "Read timed out"),
    ("Server.ServerProxy.NetworkError", "Connection refused"),
    ("Server.ServerProxy.InternalError", "Internal error"),
    ("Server.ServerProxy.ServiceFailed.HttpError", "Server responded with error 500"),
    ("Server.ServerProxy.ServiceFailed.InvalidSoap", "Invalid answer of the service"),
    ("Server.ServerProxy.ServiceFailed.MissingBody", "Malformed SOAP message: body missing"),
    ("Server.ServerProxy.ServiceFailed", "The service failed"),
    ("Server.ClientProxy.UnknownMember", "Could not find addresses for service provider"),
    ("Server.ClientProxy.NetworkError", "Could not connect to any target host"),
    ("Server.ClientProxy.IOError", "Connection reset"),
    ("Server.ClientProxy.SslAuthenticationFailed", "Service provider did not send correct certificate"),
    ("Server.ClientProxy.OutdatedGlobalConf", "Global configuration is expired"),
    ("Server.ClientProxy.LoggingFailed.TimestampingFailed", "Cannot time-stamp messages"),
    ("Server.ClientProxy.LoggingFailed", "Could not write the message log"),
    ("Server.ClientProxy.InternalError", "Internal error"),
    ("Client.InvalidSoap", "Malformed SOAP message"),
    ("Client.MissingHeaderField", "Required field is missing"),
    ("Client.InvalidProtocolVersion", "Invalid protocol version"),
    ("Client.InvalidHttpMethod", "Must use POST request method"),
    ("Client.InvalidContentType", "Invalid content type"),
    ("Client.InvalidBody", "The service code does not match in body and header"),
    ("Server.ServerProxy.MaintenanceMode", "Maintenance mode"),
];

/// What a security server says with a fault.
pub fn fault_text(code: &str) -> &'static str {
    FAULTS.iter().find(|(known, _)| *known == code).map_or("Simulated fault", |(_, text)| *text)
}

/// A fault's code as X-Road writes it from 7.8 on: `server.serverproxy.access_denied`.
pub fn snake_case(code: &str) -> String {
    let part = |part: &str| match part {
        "ClientProxy" | "ServerProxy" | "IOError" => part.to_lowercase().replace("ioerror", "io_error"),
        part => {
            let mut snake = String::new();
            for (at, character) in part.chars().enumerate() {
                if character.is_uppercase() && at > 0 {
                    snake.push('_');
                }
                snake.extend(character.to_lowercase());
            }
            snake
        }
    };
    code.split('.').map(part).collect::<Vec<_>>().join(".")
}
