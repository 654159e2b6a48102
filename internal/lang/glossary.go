package lang

import "slices"

// Term is one word or phrase of Merlon's texts, and what it is called in the other languages. Each field
// lists forms, separated by "|"; a word may end in "*", which stands for any ending. The first form is the
// one to use.
type Term struct {
	EN, ES, PT string
	// NotES and NotPT are forms that texts must not use, whatever the English says.
	NotES, NotPT string
}

// Glossary fixes the terms of every text. They are those of the Spanish and Portuguese documentation of
// Kubernetes (https://kubernetes.io/es/docs, https://kubernetes.io/pt-br/docs) and of AWS; where the two
// differ, AWS Security Hub's for findings and Kubernetes' for objects. Names stay as they are: kinds of
// objects where they are written as kinds (Pod, Service, Secret), fields, commands, products.
func Glossary() []Term {
	return slices.Concat(findingTerms(), clusterTerms(), machineTerms(), networkTerms(), identityTerms(), []Term{
		// Words of other regions of the two languages.
		{NotES: "ordenador|computadora|ratón", NotPT: "ecrã|telemóvel|ligação|registo|registos|controlo|a correr"},
	})
}

// findingTerms are about what Merlon finds.
func findingTerms() []Term {
	return []Term{
		{EN: "exposure|exposures", ES: "exposición|exposiciones", PT: "exposição|exposições"},
		{EN: "finding|findings", ES: "hallazgo|hallazgos", PT: "descoberta|descobertas", NotPT: "achado|achados"},
		{EN: "trait|traits", ES: "característica|características", PT: "característica|características", NotES: "rasgo|rasgos", NotPT: "traço|traços"},
		{EN: "detection|detections", ES: "detección|detecciones", PT: "detecção|detecções", NotPT: "deteção|deteções"},
		{EN: "evidence", ES: "evidencia|evidencias", PT: "evidência|evidências"},
		{EN: "severity", ES: "gravedad", PT: "gravidade", NotES: "severidad", NotPT: "severidade"},
		{EN: "likelihood", ES: "probabilidad", PT: "probabilidade"},
		{EN: "impact", ES: "impacto", PT: "impacto"},
		{EN: "attack path|attack paths", ES: "ruta de ataque|rutas de ataque", PT: "caminho de ataque|caminhos de ataque", NotES: "camino de ataque", NotPT: "rota de ataque"},
		{EN: "attacker|attackers", ES: "atacante|atacantes", PT: "invasor|invasores", NotPT: "atacante|atacantes"},
		{EN: "remediation|remediations", ES: "corrección|correcciones", PT: "correção|correções", NotPT: "remediação|remediações"},
		{EN: "snapshot|snapshots", ES: "instantánea|instantáneas", PT: "snapshot|snapshots", NotES: "snapshot|snapshots"},
		{EN: "rule|rules", ES: "regla|reglas", PT: "regra|regras"},
		{EN: "vulnerability|vulnerabilities", ES: "vulnerabilidad|vulnerabilidades", PT: "vulnerabilidade|vulnerabilidades"},
		{
			EN: "misconfiguration|misconfigurations", ES: "configuración incorrecta|configuraciones incorrectas|error de configuración|errores de configuración",
			PT: "configuração incorreta|configurações incorretas|erro de configuração|erros de configuração",
		},
	}
}

// clusterTerms are about clusters and what runs in them.
func clusterTerms() []Term {
	return []Term{
		{EN: "cluster|clusters", ES: "clúster|clústeres", PT: "cluster|clusters", NotES: "cluster|clusters|clústers", NotPT: "clúster|aglomerado"},
		{EN: "node|nodes", ES: "nodo|nodos", PT: "nó|nós", NotPT: "nodo|nodos"},
		{EN: "pod|pods", ES: "pod|pods", PT: "pod|pods"},
		{
			EN: "container|containers", ES: "contenedor|contenedores", PT: "contêiner|contêineres", NotES: "container|containers",
			NotPT: "container|containers|contentor|contentores|conteiner|conteiners",
		},
		{
			EN: "container runtime|container runtimes", ES: "entorno de ejecución de contenedores|entorno de ejecución|entornos de ejecución de contenedores",
			PT: "runtime de contêineres|runtime de contêiner|runtimes de contêineres|runtime",
		},
		{EN: "workload|workloads", ES: "carga de trabajo|cargas de trabajo", PT: "carga de trabalho|cargas de trabalho", NotES: "workload|workloads", NotPT: "workload|workloads"},
		{EN: "namespace|namespaces", ES: "espacio de nombres|espacios de nombres", PT: "namespace|namespaces", NotES: "namespace|namespaces", NotPT: "espaço de nomes"},
		{EN: "service account|service accounts", ES: "cuenta de servicio|cuentas de servicio", PT: "conta de serviço|contas de serviço"},
		{EN: "image|images", ES: "imagen|imágenes", PT: "imagem|imagens"},
		{EN: "registry|registries", ES: "registro|registros", PT: "registro|registros"},
		{EN: "label|labels", ES: "etiqueta|etiquetas", PT: "label|labels|rótulo|rótulos"},
		{EN: "annotation|annotations", ES: "anotación|anotaciones", PT: "anotação|anotações"},
		{EN: "control plane", ES: "plano de control", PT: "plano de controle"},
		{EN: "api server", ES: "servidor de la api", PT: "servidor da api"},
		{EN: "admission policy|admission policies", ES: "política de admisión|políticas de admisión", PT: "política de admissão|políticas de admissão"},
		{EN: "policy|policies", ES: "política|políticas", PT: "política|políticas"},
	}
}

// machineTerms are about the machine below.
func machineTerms() []Term {
	return []Term{
		{EN: "host path|host paths", ES: "ruta del host|rutas del host|ruta sensible del host", PT: "caminho do host|caminhos do host|caminho sensível do host"},
		{EN: "host", ES: "host", PT: "host", NotES: "anfitrión", NotPT: "hospedeiro"},
		{EN: "volume|volumes", ES: "volumen|volúmenes", PT: "volume|volumes"},
		{EN: "mount|mounts|mounted", ES: "mont*|montaje|montajes", PT: "mont*|montagem|montagens"},
		{EN: "read-only", ES: "solo lectura|en solo lectura|de solo lectura", PT: "somente leitura", NotES: "sólo lectura", NotPT: "apenas leitura|só leitura"},
		{EN: "file|files", ES: "archivo|archivos", PT: "arquivo|arquivos", NotES: "fichero|ficheros", NotPT: "ficheiro|ficheiros"},
		{EN: "file system|file systems", ES: "sistema de archivos|sistemas de archivos", PT: "sistema de arquivos|sistemas de arquivos"},
		{EN: "folder|folders", ES: "carpeta|carpetas|directorio|directorios", PT: "pasta|pastas|diretório|diretórios"},
		{EN: "kernel", ES: "kernel", PT: "kernel", NotES: "núcleo", NotPT: "núcleo"},
		{EN: "process|processes", ES: "proceso|procesos", PT: "processo|processos"},
		{EN: "shared memory", ES: "memoria compartida", PT: "memória compartilhada", NotPT: "memória partilhada"},
		{EN: "capability|capabilities", ES: "capacidad|capacidades", PT: "capacidade|capacidades"},
		{EN: "privileged", ES: "privilegiado|privilegiada|privilegiados|privilegiadas", PT: "privilegiado|privilegiada|privilegiados|privilegiadas"},
		{EN: "socket|sockets", ES: "socket|sockets", PT: "socket|sockets", NotPT: "soquete|soquetes"},
		{EN: "metadata service", ES: "servicio de metadatos", PT: "serviço de metadados"},
	}
}

// networkTerms are about networks.
func networkTerms() []Term {
	return []Term{
		{EN: "network|networks", ES: "red|redes", PT: "rede|redes"},
		{EN: "network policy|network policies", ES: "política de red|políticas de red", PT: "política de rede|políticas de rede"},
		{EN: "traffic", ES: "tráfico", PT: "tráfego", NotPT: "tráfico"},
		{EN: "load balancer|load balancers", ES: "equilibrador de carga|equilibradores de carga|balanceador de carga|balanceadores de carga", PT: "balanceador de carga|balanceadores de carga"},
		{EN: "certificate|certificates", ES: "certificado|certificados", PT: "certificado|certificados"},
	}
}

// identityTerms are about identities and secrets.
func identityTerms() []Term {
	return []Term{
		{EN: "credential|credentials", ES: "credencial|credenciales", PT: "credencial|credenciais"},
		{EN: "password|passwords", ES: "contraseña|contraseñas", PT: "senha|senhas", NotES: "clave de acceso", NotPT: "palavra-passe"},
		{EN: "secret|secrets", ES: "secreto|secretos", PT: "segredo|segredos"},
		{EN: "token|tokens", ES: "token|tokens", PT: "token|tokens"},
		{
			EN: "environment variable|environment variables", ES: "variable de entorno|variables de entorno", PT: "variável de ambiente|variáveis de ambiente",
			NotES: "variable de ambiente",
		},
		{EN: "iam role|iam roles", ES: "rol de iam|roles de iam", PT: "perfil do iam|perfis do iam", NotPT: "função do iam|papel do iam"},
		// The documentation of AWS has these words; Kubernetes' Spanish and Portuguese leave RoleBinding as it is, and their own
		// verb for it is vincular.
		{
			EN: "iam principal|iam principals", ES: "entidad principal de iam|entidades principales de iam", PT: "entidade principal do iam|entidades principais do iam",
			NotES: "entidad de iam|entidades de iam", NotPT: "entidade do iam|entidades do iam",
		},
		{
			EN: "role binding|role bindings", ES: "vinculación de roles|vinculaciones de roles|vinculación de rol", PT: "vinculação de papéis|vinculações de papéis|vinculação de papel",
			NotES: "enlace de rol|enlaces de rol|enlace de roles|enlaces de roles|binding|bindings",
			NotPT: "associação de papel|associação de papéis|associações de papéis|ligação de papéis|binding|bindings",
		},
		{EN: "user|users", ES: "usuario|usuarios", PT: "usuário|usuários", NotPT: "utilizador|utilizadores"},
		{EN: "permission|permissions", ES: "permiso|permisos", PT: "permissão|permissões"},
	}
}
